using System.Runtime.InteropServices;
using Iarnet.Bus;
using Iarnet.Components.Worker;
using Iarnet.Store;
using Iarnet.Worker.Code;
using Iarnet.Worker.Hosting;

// A person's Ctrl-C reaches every process of the terminal. The host answers it, and ends its workers when it is ready to.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);

int code;
try
{
    var settings = WorkerSettings.Read(Environment.GetEnvironmentVariable);
    Lifeline.Hold(settings, Console.Error.WriteLine);
    using var logs = new StandardErrorLoggerFactory();
    await using var store = await StoreClient.ConnectAsync(settings.Store, new StoreClientOptions { Owner = settings.ComponentId.Value }, logs: logs);
    await using var runtime = new ComponentRuntime(
        new ComponentBusClientOptions { Endpoint = settings.Bus, ComponentId = settings.ComponentId },
        store,
        new MethodLoader(new CodeCache(settings.Cache, store)),
        new ComponentRuntimeOptions { Concurrency = settings.Concurrency },
        logs: logs);
    var reason = await runtime.RunAsync();
    Console.Error.WriteLine($"Component {settings.ComponentId} ends: {reason}");
    code = ExitCodes.Done;
}
catch (WorkerSettingsException e)
{
    Console.Error.WriteLine(e.Message);
    code = ExitCodes.Misconfigured;
}
catch (Exception e)
{
    Console.Error.WriteLine(e);
    code = ExitCodes.Failed;
}

ProcessEnd.Now(code);
