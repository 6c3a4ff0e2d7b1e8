using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Iarnet.Providers;

/// <summary>Turns a spec into a running process.</summary>
internal sealed class ProcessStarter(
    ProcessProviderOptions options, GpuPool gpus, ComponentEnvironment environment, TimeProvider time, ILoggerFactory logs)
{
    private readonly ILogger _output = logs.CreateLogger("Iarnet.Providers.ComponentOutput");

    // setsid(1) execs the program in its own place: the process id is that of the component, and of its session and group.
    private readonly string? _setsid = options.OwnSession && OperatingSystem.IsLinux() ? ExecutableSearch.Find("setsid") : null;

    public IHostedComponent Start(ComponentSpec spec, ProcessRuntime runtime)
    {
        var program = ExecutableSearch.Find(runtime.FileName) ?? throw new PlacementException(
            $"Component '{spec.Id}' cannot start: the program '{runtime.FileName}' of runtime '{spec.Runtime}' is missing or not executable{(runtime.FileName.Contains('/', StringComparison.Ordinal) ? "" : " (looked for in PATH)")}. Install it, or correct ProcessProviderOptions.Runtimes.");
        if (runtime.WorkingFolder is { } folder && !Directory.Exists(folder))
        {
            throw new PlacementException($"Component '{spec.Id}' cannot start: the working folder '{folder}' of runtime '{spec.Runtime}' does not exist.");
        }

        if (!gpus.TryTake(spec.Resources.Amounts.Gpus, out var devices))
        {
            throw new PlacementException($"Component '{spec.Id}' asks for {spec.Resources.Amounts.Gpus} GPUs, more than are free.");
        }

        try
        {
            return new HostedProcess(spec.Id, Launch(spec, runtime, program, devices), _setsid is not null, options, time, _output, () => gpus.Return(devices));
        }
        catch
        {
            gpus.Return(devices);
            throw;
        }
    }

    private Process Launch(ComponentSpec spec, ProcessRuntime runtime, string program, ImmutableArray<string> devices)
    {
        var start = new ProcessStartInfo(_setsid ?? program)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = runtime.WorkingFolder ?? "",
        };
        if (_setsid is not null)
        {
            start.ArgumentList.Add(program);
        }

        foreach (var argument in runtime.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // A component that asked for no GPU must not find those of others; where there is none, the variable is left alone.
        environment.Fill(start.Environment, spec, runtime, gpus.Count == 0 ? null : string.Join(',', devices));
        try
        {
            return Process.Start(start) ?? throw new PlacementException($"Component '{spec.Id}' cannot start: the system started no process for '{program}'.");
        }
        catch (Win32Exception e)
        {
            throw new PlacementException($"Component '{spec.Id}' cannot start: '{program}' of runtime '{spec.Runtime}': {e.Message}", e);
        }
    }
}
