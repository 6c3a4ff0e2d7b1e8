using System.Collections.Concurrent;
using System.Diagnostics;
using Iarnet.Components;

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
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = "/", RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(WorkerPath);
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
