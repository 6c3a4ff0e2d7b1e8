using System.Diagnostics;
using Iarnet.Resources;

namespace Iarnet.Providers.Tests.Processes;

public sealed class DeployTests
{
    private static readonly ComponentId A = new("a");

    [Fact]
    public async Task A_deployed_component_runs_as_a_process_and_holds_its_resources_until_it_is_undeployed()
    {
        await using var shell = await Shell.Connected("exec sleep 1000");
        var process = await shell.Deploy(new ComponentSpec(A, "main") { Resources = ResourceRequest.Parse("500m", "1Gi") });

        Assert.True(ProcessTable.IsAlive(process));
        Assert.Equal(new ResourceAmounts(7_500, 7L << 30), await shell.Provider.GetAvailableAsync());

        await shell.Provider.UndeployAsync(A).Within("the component to be undeployed");
        Assert.False(ProcessTable.Exists(process));
        Assert.Equal(ResourceAmounts.Zero, (await shell.Provider.GetCapacityAsync()).Used);
        Assert.True((await shell.Events.Exited(A)).Requested);
    }

    [Fact]
    public async Task Deploying_the_same_spec_again_starts_nothing_more()
    {
        await using var shell = await Shell.Connected("echo started; exec sleep 1000");
        var spec = new ComponentSpec(A, "main") { Resources = ResourceRequest.Parse("1") };
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => shell.Provider.DeployAsync(spec with { }).AsTask()))).Within("20 deployments");

        await shell.Line("a", l => l == "started", "its first line");
        Assert.Equal(new ResourceAmounts(7_000, 8L << 30), await shell.Provider.GetAvailableAsync());
        await shell.Provider.UndeployAsync(A).Within("the component to be undeployed");
        Assert.Single(shell.Lines("a"));
    }

    [Fact]
    public async Task Another_spec_under_the_id_of_a_running_component_is_refused()
    {
        await using var shell = await Shell.Connected("exec sleep 1000");
        var process = await shell.Deploy("a");

        var error = await Assert.ThrowsAsync<PlacementException>(
            () => shell.Provider.DeployAsync(new ComponentSpec(A, "main") { Resources = ResourceRequest.Parse("1") }).AsTask());
        Assert.Contains("already runs component 'a' from another spec", error.Message, StringComparison.Ordinal);
        Assert.True(ProcessTable.IsAlive(process));
    }

    [Fact]
    public async Task An_id_can_be_used_again_after_its_component_ended()
    {
        await using var shell = await Shell.Connected("exec sleep 1000");
        var first = await shell.Deploy("a");
        await shell.Provider.UndeployAsync(A).Within("the component to be undeployed");
        await shell.Provider.DeployAsync(new ComponentSpec(A, "main"));
        var second = (ComponentStarted)await shell.Events.Find(e => e is ComponentStarted s && s.ProcessId != first, "the second start");
        Assert.True(ProcessTable.IsAlive(second.ProcessId!.Value));
    }

    [Fact]
    public async Task A_component_that_exits_at_once_is_reported_with_its_code_and_its_last_words()
    {
        await using var shell = await Shell.Connected("echo fine; echo 'No module named zmq' >&2; exit 3");
        var process = await shell.Deploy("a");

        var exit = await shell.Events.Exited(A);
        Assert.Equal(new ComponentExit(3, null, false, "No module named zmq"), exit);
        Assert.Equal("exit code 3: No module named zmq", exit.ToString());
        Assert.False(ProcessTable.Exists(process), "a zombie is left");
        Assert.Equal(ResourceAmounts.Zero, (await shell.Provider.GetCapacityAsync()).Used);
    }

    [Fact]
    public async Task A_component_killed_from_outside_is_reported_with_the_signal()
    {
        await using var shell = await Shell.Connected("exec sleep 1000");
        var process = await shell.Deploy("a");
        using (var victim = Process.GetProcessById(process))
        {
            victim.Kill();
        }

        var exit = await shell.Events.Exited(A);
        Assert.Equal((137, 9, false), (exit.ExitCode, exit.Signal, exit.Requested));
        Assert.Equal("killed by SIGKILL", exit.ToString());
    }

    [Theory]
    [InlineData("no-such-program-here", "missing or not executable (looked for in PATH)")]
    [InlineData("/no/such/program", "missing or not executable")]
    [InlineData("/etc/passwd", "missing or not executable")]
    [InlineData("/etc", "missing or not executable")]
    public async Task A_program_that_cannot_be_started_is_refused_with_its_name_and_reserves_nothing(string program, string text)
    {
        await using var shell = await Shell.Connected("", o => o.Runtimes["bad"] = new ProcessRuntime(program));
        var error = await Assert.ThrowsAsync<PlacementException>(
            () => shell.Provider.DeployAsync(new ComponentSpec(A, "bad") { Resources = ResourceRequest.Parse("1") }).AsTask());
        Assert.Contains(program, error.Message, StringComparison.Ordinal);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.Equal(ResourceAmounts.Zero, (await shell.Provider.GetCapacityAsync()).Used);
    }

    [Fact]
    public async Task A_provider_is_ill_when_none_of_its_programs_is_there_and_names_those_that_are_missing()
    {
        var options = new ProcessProviderOptions();
        options.Runtimes["bad"] = new ProcessRuntime("/no/such/program");
        await using (var ill = new ProcessProvider(options))
        {
            Assert.Equal(new ProviderHealth(false, "The program of these runtimes is missing or not executable: bad (/no/such/program)."), await ill.HealthCheckAsync());
        }

        options.Runtimes["good"] = new ProcessRuntime("/bin/sh");
        await using var well = new ProcessProvider(options);
        var health = await well.HealthCheckAsync();
        Assert.True(health.IsHealthy);
        Assert.Contains("bad (/no/such/program)", health.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_program_is_refused_with_the_system_s_text()
    {
        var file = Path.GetTempFileName();
        File.WriteAllBytes(file, [0x7f, 0, 1, 2]);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        try
        {
            // With a session of its own, setsid(1) would try the file as a shell script first, as execvp(3) does.
            await using var shell = await Shell.Connected("", o =>
            {
                o.OwnSession = false;
                o.Runtimes["bad"] = new ProcessRuntime(file);
            });
            var error = await Assert.ThrowsAsync<PlacementException>(() => shell.Provider.DeployAsync(new ComponentSpec(A, "bad")).AsTask());
            Assert.Contains("Exec format error", error.Message, StringComparison.Ordinal);
            Assert.Equal(ResourceAmounts.Zero, (await shell.Provider.GetCapacityAsync()).Used);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_missing_working_folder_is_refused()
    {
        await using var shell = await Shell.Connected("", o => o.Runtimes["bad"] = new ProcessRuntime("sleep") { WorkingFolder = "/no/such/folder" });
        var error = await Assert.ThrowsAsync<PlacementException>(() => shell.Provider.DeployAsync(new ComponentSpec(A, "bad")).AsTask());
        Assert.Contains("'/no/such/folder'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_runtime_is_refused_with_the_known_ones()
    {
        await using var shell = await Shell.Connected("true");
        var error = await Assert.ThrowsAsync<PlacementException>(() => shell.Provider.DeployAsync(new ComponentSpec(A, "cobol")).AsTask());
        Assert.Contains("It runs: main", error.Message, StringComparison.Ordinal);
        Assert.Equal(ResourceAmounts.Zero, (await shell.Provider.GetCapacityAsync()).Used);
    }

    [Fact]
    public async Task Nothing_is_deployed_before_connecting_and_after_disconnecting()
    {
        await using var shell = new Shell("exec sleep 1000");
        await Assert.ThrowsAsync<PlacementException>(() => shell.Provider.DeployAsync(new ComponentSpec(A, "main")).AsTask());
        await shell.Provider.ConnectAsync();
        var process = await shell.Deploy("a");
        await shell.Provider.DisconnectAsync().Within("the provider to disconnect");
        Assert.False(ProcessTable.Exists(process));
        await Assert.ThrowsAsync<PlacementException>(() => shell.Provider.DeployAsync(new ComponentSpec(A, "main")).AsTask());
        await shell.Provider.ConnectAsync();
        await shell.Provider.DeployAsync(new ComponentSpec(A, "main"));
    }

    [Fact]
    public async Task Many_at_once_never_get_more_than_there_is()
    {
        await using var shell = await Shell.Connected("exec sleep 1000", o => o.Capacity = new ResourceAmounts(7_000, 8L << 30));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(async () =>
        {
            try
            {
                await shell.Provider.DeployAsync(new ComponentSpec(new ComponentId($"c{i}"), "main") { Resources = ResourceRequest.Parse("1") });
                return "";
            }
            catch (PlacementException e)
            {
                return e.Message;
            }
        }))).Within("30 deployments");

        Assert.Equal(7, outcomes.Count(o => o.Length == 0));
        Assert.All(outcomes.Where(o => o.Length > 0), o => Assert.Contains("short by cpu 1, memory 0, gpu 0", o, StringComparison.Ordinal));
        Assert.Equal(0, (await shell.Provider.GetAvailableAsync()).CpuMillicores);
    }

    [Fact]
    public async Task Overcommitted_cpu_can_be_promised_and_memory_cannot()
    {
        await using var shell = await Shell.Connected("exec sleep 1000", o => o.CpuOvercommit = 1.5);
        Assert.Equal(new ResourceAmounts(12_000, 8L << 30), (await shell.Provider.GetCapacityAsync()).Total);
    }

    [Fact]
    public void Options_that_cannot_work_are_refused_all_in_one_text()
    {
        var options = new ProcessProviderOptions { CpuOvercommit = 0, OutputLineLimit = 1, StopGrace = TimeSpan.FromSeconds(-1) };
        options.Runtimes["x"] = new ProcessRuntime("");
        var error = Assert.Throws<ArgumentException>(() => new ProcessProvider(options));
        foreach (var part in new[] { "CpuOvercommit", "OutputLineLimit", "StopGrace", "runtime 'x' names no program" })
        {
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_a_given_capacity_the_machine_s_own_is_promised()
    {
        await using var provider = new ProcessProvider(new ProcessProviderOptions());
        var total = (await provider.GetCapacityAsync()).Total;
        Assert.Equal(Environment.ProcessorCount * 1000L, total.CpuMillicores);
        Assert.InRange(total.MemoryBytes, 64L << 20, 1L << 50);
    }
}
