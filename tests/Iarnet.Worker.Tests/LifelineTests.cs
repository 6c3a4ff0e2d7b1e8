using System.Diagnostics;
using Iarnet.Components;
using Iarnet.Worker.Tests.Harness;
using static Iarnet.Worker.Tests.Harness.TestNode;

namespace Iarnet.Worker.Tests;

/// <summary>What a worker does when the other end of its standard input is closed.</summary>
public sealed class LifelineTests : IDisposable
{
    private readonly string _run = Directory.CreateTempSubdirectory("iarnet-run-").FullName;
    private readonly string _segments = Directory.CreateTempSubdirectory("iarnet-segments-").FullName;

    public LifelineTests()
    {
        File.WriteAllText(Path.Combine(_run, "lock"), "");
        File.WriteAllText(Path.Combine(_segments, "segment"), "bytes");
    }

    public void Dispose()
    {
        foreach (var folder in new[] { _run, _segments }.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task It_ends_and_removes_what_a_dead_host_left_even_while_a_call_runs()
    {
        await using var node = await StartAsync();
        var component = await StartRunningAsync(node);

        component.Process.StandardInput.Close();

        await component.Ended.Within("the worker to end");
        Assert.Equal(3, component.Process.ExitCode);
        Assert.False(Directory.Exists(_run));
        Assert.False(Directory.Exists(_segments));
    }

    [Fact]
    public async Task It_ends_and_removes_nothing_while_the_host_holds_its_lock()
    {
        await using var node = await StartAsync();
        using var held = new FileStream(Path.Combine(_run, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        var component = await StartRunningAsync(node);

        component.Process.StandardInput.Close();

        await component.Ended.Within("the worker to end");
        Assert.True(Directory.Exists(_segments));
        Assert.True(File.Exists(Path.Combine(_run, "lock")));
    }

    [Fact]
    public async Task It_ends_when_its_host_is_killed()
    {
        // The host of this worker is a shell that holds its standard input, and is killed with SIGKILL.
        await using var node = await StartAsync();
        var pid = node.Named("pid");
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"mkfifo {_run}/line; dotnet {TestLauncher.WorkerPath} <{_run}/line 2>/dev/null & echo $! >{pid}.new; mv {pid}.new {pid}; exec sleep 60 >{_run}/line");
        start.Environment[ComponentVariables.ComponentId] = "alone";
        start.Environment[ComponentVariables.Bus] = $"ipc://{node.Folder}/bus";
        start.Environment[ComponentVariables.Store] = $"unix://{node.Folder}/store";
        start.Environment[ComponentVariables.Lifeline] = "stdin";
        start.Environment[ComponentVariables.Cache] = node.Cache;
        var ready = new ReadyHandler();
        node.Bus.Register(new ComponentId("alone"), ready);
        using var host = Process.Start(start)!;
        await ready.Seen.Within("the worker to become ready");
        using var worker = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(pid), System.Globalization.CultureInfo.InvariantCulture));

        host.Kill();

        await worker.WaitForExitAsync().Within("the worker to end after its host");
    }

    [Fact]
    public async Task A_worker_started_by_hand_says_what_it_is_and_ends()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [TestLauncher.WorkerPath]) { RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync().Within("the worker's words");
        await process.WaitForExitAsync().Within("the worker to end");

        Assert.Equal(2, process.ExitCode);
        Assert.Contains("IARNET_COMPONENT_ID", said, StringComparison.Ordinal);
    }

    private async Task<TestComponent> StartRunningAsync(TestNode node)
    {
        node.Launcher.Variables[ComponentVariables.RunFolder] = _run;
        node.Launcher.Variables[ComponentVariables.SegmentFolder] = _segments;
        var actor = await node.StartActorAsync();
        Post(actor, Define(TestFunctions.Meet), Value(node.Named("running")), Value(node.Named("never")));
        await Signal.WhenReached(node.Named("running"));
        return node.Launcher.Started[actor.Id];
    }
}
