using System.Collections.Immutable;
using Iarnet.Functions;
using Iarnet.Hosting.Functions;
using Iarnet.Hosting.Node;
using Iarnet.Hosting.Registration;
using Iarnet.Providers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Iarnet;

/// <summary>Adds worker processes on this machine to a node.</summary>
public static class ProcessProviderBuilderExtensions
{
    /// <summary>
    /// Adds a provider that starts components as processes of this machine: .NET workers (the program in the folder "iarnet-worker" besides
    /// yours) and Python workers. With it, .NET functions run in processes instead of the thread pool; remove the runtime
    /// "dotnet" from the options to keep them in this process.
    /// </summary>
    /// <param name="builder">The node under construction.</param>
    /// <param name="configure">Changes the provider's options, after the worker runtimes were added to them.</param>
    /// <remarks>When the worker is not where it should be, the node refuses to be made, with an <see cref="IarnetException"/> that says how to get it.</remarks>
    public static IIarnetBuilder AddProcessProvider(this IIarnetBuilder builder, Action<ProcessProviderOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IProvider>(services =>
        {
            var options = new ProcessProviderOptions();
            options.Runtimes[FunctionLanguages.DotNet] = DotNetWorker();
            options.Runtimes[FunctionLanguages.Python] = PythonWorker(services.GetRequiredService<FunctionTable>().PythonInterpreter);
            configure?.Invoke(options);
            WorkerFolderCheck.Require(options, ComponentPlane.WorkerFolder);
            return new ProcessProvider(options, services.GetRequiredService<TimeProvider>(), services.GetService<ILoggerFactory>());
        });
        return builder;
    }

    private const string Diagnostics = "DOTNET_EnableDiagnostics";

    private static ProcessRuntime DotNetWorker() => new(DotNetHost.Path)
    {
        Arguments = ["exec", WorkerFolderCheck.DotNetWorker(ComponentPlane.WorkerFolder)],
        LimitsDotNetHeap = true,

        // Many small processes share the machine: tiered compilation stays quick, and none keeps a heap for each processor.
        // A worker that is killed would leave the socket and the pipes of the debugger in the temporary folder. Who wants to look into
        // workers sets the variable for the host.
        Environment = ImmutableSortedDictionary<string, string>.Empty.Add("DOTNET_TieredPGO", "0").Add("DOTNET_gcServer", "0")
            .Add(Diagnostics, Environment.GetEnvironmentVariable(Diagnostics) ?? "0"),
    };

    private static ProcessRuntime PythonWorker(string interpreter) => new(interpreter)
    {
        Arguments = ["-u", "-m", "iarnet_worker"],
        Environment = ImmutableSortedDictionary<string, string>.Empty.Add("PYTHONPATH", Path.Combine(ComponentPlane.WorkerFolder, "python")),
    };
}
