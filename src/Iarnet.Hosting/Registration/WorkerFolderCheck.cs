using Iarnet.Functions;
using Iarnet.Providers;

namespace Iarnet.Hosting.Registration;

/// <summary>Refuses a node whose workers could never start because their program is not there.</summary>
internal static class WorkerFolderCheck
{
    public static string DotNetWorker(string folder) => Path.Combine(folder, "Iarnet.Worker.dll");

    /// <summary>Only a runtime that still starts the program of this folder is looked at: another one is the application's own business.</summary>
    public static void Require(ProcessProviderOptions options, string folder)
    {
        var worker = DotNetWorker(folder);
        if (options.Runtimes.TryGetValue(FunctionLanguages.DotNet, out var runtime) && runtime.Arguments.Contains(worker) && !File.Exists(worker))
        {
            throw new IarnetException(
                $"There is no .NET worker at '{worker}'. Reference the package Iarnet.Worker (Iarnet brings it), which copies it there, "
                + $"or keep .NET functions in this process: AddProcessProvider(process => process.Runtimes.Remove(\"{FunctionLanguages.DotNet}\")).");
        }
    }
}
