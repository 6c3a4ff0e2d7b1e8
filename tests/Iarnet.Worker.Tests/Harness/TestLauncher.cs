using System.Collections.Concurrent;
using System.Diagnostics;
using Iarnet.Components;
using Iarnet.Functions;

namespace Iarnet.Worker.Tests.Harness;

/// <summary>Starts real worker processes, far from this program's folder.</summary>
internal sealed class TestLauncher : IComponentLauncher
{
    public static readonly string WorkerPath = Path.Combine(AppContext.BaseDirectory, "iarnet-worker", "Iarnet.Worker.dll");

    public ConcurrentDictionary<string, TestComponent> Started { get; } = new();

    /// <summary>More variables, or others, for the next components.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>How many of the next components are killed as soon as they run.</summary>
    public int KillNext { get; set; }

    public ValueTask<ILaunchedComponent> LaunchAsync(ComponentLaunch launch, CancellationToken cancellationToken)
    {
        var python = launch.Runtime == FunctionLanguages.Python;
        var start = new ProcessStartInfo(python ? "/usr/bin/python3" : "dotnet", python ? ["-m", "iarnet_worker"] : [WorkerPath])
        {
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PYTHONPATH"] = Path.Combine(AppContext.BaseDirectory, "iarnet-worker", "python") },
        };
        foreach (var (name, value) in launch.Environment.Concat(Variables))
        {
            start.Environment[name] = value;
        }

        var component = new TestComponent(launch.Id, Process.Start(start)!);
        Started[launch.Id.Value] = component;
        if (KillNext > 0)
        {
            KillNext--;
            component.Kill();
        }

        return ValueTask.FromResult<ILaunchedComponent>(component);
    }
}
