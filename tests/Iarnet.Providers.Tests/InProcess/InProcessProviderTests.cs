using Iarnet.Resources;

namespace Iarnet.Providers.Tests.InProcess;

public sealed class InProcessProviderTests
{
    private static readonly ComponentId A = new("a");

    [Fact]
    public async Task A_component_is_a_task_that_lives_until_it_is_undeployed()
    {
        await using var provider = await Start(async (_, stop) => await Task.Delay(Timeout.Infinite, stop));
        await using var events = new EventLog(provider);
        await provider.DeployAsync(new ComponentSpec(A, "main") { Resources = ResourceRequest.Parse("1") });
        Assert.Null((await events.Started(A)).ProcessId);
        Assert.Equal(new ResourceAmounts(1_000, 0), (await provider.GetCapacityAsync()).Used);
        await provider.UndeployAsync(A).Within("the component to be undeployed");
        Assert.Equal(new ComponentExit(0, null, true, ""), await events.Exited(A));
        Assert.Equal(ResourceAmounts.Zero, (await provider.GetCapacityAsync()).Used);
    }

    [Fact]
    public async Task A_task_that_fails_is_a_component_that_died_with_the_text()
    {
        await using var provider = await Start((spec, _) => throw new InvalidDataException($"{spec.Id} is broken"));
        await using var events = new EventLog(provider);
        await provider.DeployAsync(new ComponentSpec(A, "main"));
        var exit = await events.Exited(A);
        Assert.Equal((1, false), (exit.ExitCode, exit.Requested));
        Assert.Contains("a is broken", exit.ErrorTail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_ends_is_a_component_that_exits_with_zero()
    {
        await using var provider = await Start((_, _) => Task.CompletedTask);
        await using var events = new EventLog(provider);
        await provider.DeployAsync(new ComponentSpec(A, "main"));
        Assert.Equal(new ComponentExit(0, null, false, ""), await events.Exited(A));
    }

    [Fact]
    public async Task A_task_that_does_not_end_fails_the_undeploying_and_keeps_its_resources_until_it_does()
    {
        var release = new TaskCompletionSource();
        await using var provider = await Start((_, _) => release.Task, TimeSpan.FromMilliseconds(50));
        await using var events = new EventLog(provider);
        await provider.DeployAsync(new ComponentSpec(A, "main") { Resources = ResourceRequest.Parse("1") });
        var error = await Assert.ThrowsAsync<IarnetException>(() => provider.UndeployAsync(A).AsTask().Within("the refusal"));
        Assert.Contains("does not end", error.Message, StringComparison.Ordinal);
        Assert.Equal(1_000, (await provider.GetCapacityAsync()).Used.CpuMillicores);

        release.SetResult();
        await provider.UndeployAsync(A).Within("the second attempt");
        Assert.True((await events.Exited(A)).Requested);
        Assert.Equal(ResourceAmounts.Zero, (await provider.GetCapacityAsync()).Used);
    }

    [Fact]
    public async Task Disposing_returns_although_a_task_does_not_end()
    {
        var release = new TaskCompletionSource();
        var provider = await Start((_, _) => release.Task, TimeSpan.FromMilliseconds(50));
        await provider.DeployAsync(new ComponentSpec(A, "main"));
        await provider.DisposeAsync().Within("the provider to be disposed");
        release.SetResult();
    }

    [Fact]
    public async Task An_unknown_runtime_is_refused_with_the_known_ones()
    {
        await using var provider = await Start((_, _) => Task.CompletedTask);
        var error = await Assert.ThrowsAsync<PlacementException>(() => provider.DeployAsync(new ComponentSpec(A, "cobol")).AsTask());
        Assert.Contains("It runs: main", error.Message, StringComparison.Ordinal);
    }

    private static async Task<InProcessProvider> Start(Func<ComponentSpec, CancellationToken, Task> run, TimeSpan? grace = null)
    {
        var options = new InProcessProviderOptions { StopGrace = grace ?? TimeSpan.FromMinutes(1) };
        options.Runtimes["main"] = run;
        var provider = new InProcessProvider(options);
        await provider.ConnectAsync();
        return provider;
    }
}
