using System.Diagnostics;
using System.Globalization;
using Iarnet.Resources;

namespace Iarnet.Providers.Tests.Processes;

public sealed class StopTests
{
    private static readonly ComponentId A = new("a");

    [Fact]
    public async Task A_component_that_reads_its_lifeline_ends_by_itself()
    {
        await using var shell = await Shell.Connected("trap '' TERM; echo ready; cat; echo over; exit 7", o => o.StopGrace = TimeSpan.FromMinutes(5));
        await shell.Deploy("a");
        await shell.Line("a", l => l == "ready", "that it is ready");
        await shell.Provider.UndeployAsync(A).Within("the component to be undeployed");
        var exit = await shell.Events.Exited(A);
        Assert.Equal((7, null, true), (exit.ExitCode, exit.Signal, exit.Requested));
        Assert.Equal(["ready", "over"], shell.Lines("a"));
    }

    [Fact]
    public async Task A_component_that_does_not_read_its_lifeline_gets_a_signal()
    {
        await using var shell = await Shell.Connected("trap 'echo told; exit 0' TERM; echo ready; while :; do sleep 0.05; done", o => o.StopGrace = TimeSpan.FromMinutes(5));
        await shell.Deploy("a");
        await shell.Line("a", l => l == "ready", "that it is ready");
        await shell.Provider.UndeployAsync(A).Within("the component to be undeployed");
        Assert.Contains("told", shell.Lines("a"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_component_that_resists_is_killed_with_its_children(bool ownSession)
    {
        await using var shell = await Shell.Connected("trap '' TERM; sleep 1000 & echo $!; while :; do sleep 0.05; done", o => o.OwnSession = ownSession);
        var process = await shell.Deploy("a");
        var child = int.Parse(await shell.Line("a", _ => true, "the id of its child"), CultureInfo.InvariantCulture);
        Assert.True(ProcessTable.IsAlive(child));

        await shell.Provider.UndeployAsync(A).Within("the component to be undeployed");
        Assert.False(ProcessTable.Exists(process));
        await Bounded.Eventually(() => !ProcessTable.IsAlive(child), "the child is gone");
        var exit = await shell.Events.Exited(A);
        Assert.Equal((9, true), (exit.Signal, exit.Requested));
    }

    [Fact]
    public async Task What_a_component_leaves_running_when_it_ends_is_killed()
    {
        // The child ignores SIGTERM and SIGHUP and holds the output pipe open: only the kill of the group gets rid of it.
        await using var shell = await Shell.Connected("(trap '' TERM HUP; exec sleep 1000) & echo $!; exit 0", o => o.OutputDrainLimit = TimeSpan.FromMinutes(5));
        await shell.Deploy("a");
        Assert.Equal(0, (await shell.Events.Exited(A)).ExitCode);
        var child = int.Parse(Assert.Single(shell.Lines("a")), CultureInfo.InvariantCulture);
        await Bounded.Eventually(() => !ProcessTable.IsAlive(child), "the child is gone");
    }

    [Fact]
    public async Task An_escaped_process_that_holds_the_output_open_does_not_hide_the_death()
    {
        await using var shell = await Shell.Connected("setsid sh -c 'echo $$; exec sleep 1000' & wait $!; sleep 0.2; exit 5");
        await shell.Deploy("a");
        var escaped = int.Parse(await shell.Line("a", _ => true, "the id of the escaped process"), CultureInfo.InvariantCulture);
        try
        {
            using (var main = Process.GetProcessById((await shell.Events.Started(A)).ProcessId!.Value))
            {
                main.Kill();
            }

            Assert.Equal(9, (await shell.Events.Exited(A)).Signal);
        }
        finally
        {
            using var process = Process.GetProcessById(escaped);
            process.Kill();
        }
    }

    [Fact]
    public async Task A_stopped_component_is_killed_too()
    {
        await using var shell = await Shell.Connected("kill -STOP $$; exit 0");
        var process = await shell.Deploy("a");
        await Bounded.Eventually(() => File.ReadAllText($"/proc/{process}/stat").Contains(") T ", StringComparison.Ordinal), "the component stands still");
        await shell.Provider.UndeployAsync(A).Within("the component to be undeployed");
        Assert.False(ProcessTable.Exists(process));
    }

    [Fact]
    public async Task Undeploying_what_is_not_there_and_undeploying_twice_are_harmless()
    {
        await using var shell = await Shell.Connected("exec sleep 1000");
        await shell.Provider.UndeployAsync(new ComponentId("never-seen")).Within("nothing");
        await shell.Deploy("a");
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => shell.Provider.UndeployAsync(A).AsTask()))).Within("ten calls to undeploy");
        Assert.Equal(ResourceAmounts.Zero, (await shell.Provider.GetCapacityAsync()).Used);
    }

    [Fact]
    public async Task Cancelling_gives_up_the_wait_and_not_the_ending()
    {
        await using var shell = await Shell.Connected("trap '' TERM; echo ready; while :; do sleep 0.05; done");
        var process = await shell.Deploy("a");
        await shell.Line("a", l => l == "ready", "that it is ready");
        using var cancelled = new CancellationTokenSource();
        var undeploying = shell.Provider.UndeployAsync(A, cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => undeploying.Within("the wait to be given up"));
        Assert.True((await shell.Events.Exited(A)).Requested);
        Assert.False(ProcessTable.Exists(process));
    }

    [Fact]
    public async Task An_id_that_is_being_ended_cannot_be_deployed()
    {
        await using var shell = await Shell.Connected("trap '' TERM; echo ready; while :; do sleep 0.05; done");
        await shell.Deploy("a");
        await shell.Line("a", l => l == "ready", "that it is ready");
        var undeploying = shell.Provider.UndeployAsync(A).AsTask();
        var error = await Assert.ThrowsAsync<PlacementException>(() => shell.Provider.DeployAsync(new ComponentSpec(A, "main")).AsTask());
        Assert.Contains("still ending", error.Message, StringComparison.Ordinal);
        await undeploying.Within("the component to be undeployed");
    }

    [Fact]
    public async Task Disposing_ends_everything_even_while_deployments_go_on()
    {
        var shell = await Shell.Connected("trap '' TERM; while :; do sleep 0.05; done");
        var processes = new List<int>();
        for (var i = 0; i < 10; i++)
        {
            processes.Add(await shell.Deploy($"c{i}"));
        }

        using var started = new SemaphoreSlim(0);
        var late = Task.Run(async () =>
        {
            for (var i = 0; ; i++)
            {
                try
                {
                    await shell.Provider.DeployAsync(new ComponentSpec(new ComponentId($"late{i}"), "main"));
                    started.Release();
                }
                catch (PlacementException)
                {
                    return;
                }
            }
        });
        await started.WaitAsync().Within("the first late deployment");
        await shell.Provider.DisposeAsync().Within("the provider to be disposed");
        await late.Within("the late deployments to be refused");
        await shell.Events.Ended.Within("the events to end");
        Assert.All(processes, p => Assert.False(ProcessTable.Exists(p)));
        Assert.Equal(ResourceAmounts.Zero, (await shell.Provider.GetCapacityAsync()).Used);
        await shell.DisposeAsync();
    }

    [Fact]
    public async Task Components_end_when_their_host_is_killed()
    {
        using var host = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList = { "exec", typeof(LifelineHost).Assembly.Location, "lifeline-host" },
            RedirectStandardOutput = true,
        })!;
        try
        {
            var lines = new List<string>();
            while (await host.StandardOutput.ReadLineAsync().Within("a line of the host") is { } line && line != "ready")
            {
                lines.Add(line);
            }

            var components = lines.ConvertAll(l => int.Parse(l, CultureInfo.InvariantCulture));
            Assert.Equal(2, components.Count);
            Assert.All(components, c => Assert.True(ProcessTable.IsAlive(c)));
            host.Kill();
            await host.WaitForExitAsync().Within("the host to die");
            await Bounded.Eventually(() => !components.Exists(ProcessTable.IsAlive), "the components of the killed host are gone");
        }
        finally
        {
            host.Kill(entireProcessTree: true);
        }
    }
}
