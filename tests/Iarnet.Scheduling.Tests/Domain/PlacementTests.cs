using Iarnet.Resources;

namespace Iarnet.Scheduling.Tests.Placement;

public sealed class PlacementTests
{
    [Fact]
    public async Task A_component_is_reserved_deployed_seen_and_released()
    {
        var provider = Domain.Provider("p");
        await using var manager = await Domain.Start(provider);
        var lease = await manager.DeployAsync(Domain.Asking("1", "1Gi")).Within("the placement");

        Assert.Equal("p", lease.ProviderId);
        Assert.StartsWith("job-", lease.Id.Value, StringComparison.Ordinal);
        Assert.Equal([lease.Id], provider.Running);
        var view = await manager.Sees(v => v.Components.GetValueOrDefault(lease.Id)?.State == ComponentState.Running, "the component to be seen running");
        Assert.Equal(ResourceAmounts.Parse("3", "3Gi"), view.Providers[0].Capacity.Available);
        Assert.Equal(1, (await lease.GetUsageAsync()).Processes);

        await lease.DisposeAsync();
        Assert.Empty(provider.Running);
        Assert.True((await lease.Ended.Within("the end")).Requested);
        view = await manager.Sees(v => v.Components.IsEmpty, "the component to leave the view");
        Assert.Equal(ResourceAmounts.Parse("4", "4Gi"), view.Providers[0].Capacity.Available);
    }

    [Fact]
    public async Task A_refusal_explains_the_no_of_each_provider()
    {
        var down = Domain.Provider("down");
        down.OnConnect = _ => throw new IarnetException("the engine is not installed");
        await using var manager = await Domain.Start(
            Domain.Provider("small", "500m", "256Mi"), Domain.Provider("tagged", tags: ["camera"]), down,
            new ScriptedProvider("python-only", ResourceAmounts.Parse("64", "64Gi"), "gpu") { Runtimes = ["python"] });

        var error = await Assert.ThrowsAsync<PlacementException>(
            () => manager.DeployAsync(Domain.Asking("8", "1Gi", tags: "camera")).AsTask().Within("the first refusal"));
        Assert.Contains("small: lacks the tags camera (it has none)", error.Message, StringComparison.Ordinal);
        Assert.Contains("down: not connected: the engine is not installed", error.Message, StringComparison.Ordinal);
        Assert.Contains("python-only: does not run 'main' (it runs python)", error.Message, StringComparison.Ordinal);
        Assert.Contains("tagged: short of cpu 4 (available", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_says_how_much_is_missing()
    {
        await using var manager = await Domain.Start(Domain.Provider("small", "500m", "256Mi"), Domain.Provider("gpu-less", "8", "8Gi"));
        var error = await Assert.ThrowsAsync<PlacementException>(() => manager.DeployAsync(Domain.Asking("2", "1Gi", 1)).AsTask().Within("the refusal"));
        Assert.Contains("small: short of cpu 1500m, memory 768Mi, gpu 1 (available cpu 500m, memory 256Mi, gpu 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("gpu-less: short of gpu 1 (", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tags_send_a_component_where_it_belongs_whatever_their_case()
    {
        await using var manager = await Domain.Start(Domain.Provider("plain", "64", "64Gi"), Domain.Provider("tagged", "1", "1Gi", tags: ["Camera"]));
        await using var lease = await manager.DeployAsync(Domain.Asking(tags: "camera")).Within("the placement");
        Assert.Equal("tagged", lease.ProviderId);
    }

    [Fact]
    public async Task Without_a_provider_the_text_says_so()
    {
        await using var manager = await Domain.Start();
        var error = await Assert.ThrowsAsync<PlacementException>(() => manager.DeployAsync(Domain.Asking()).AsTask().Within("the refusal"));
        Assert.Contains("there is no provider", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Room_that_came_free_unseen_is_found_by_asking_afresh()
    {
        var provider = Domain.Provider("p");
        provider.Foreign = ResourceAmounts.Parse("4", "4Gi");
        await using var manager = await Domain.Start(provider);
        await manager.Sees(v => v.Providers[0].State == ProviderState.Connected, "the provider to be connected");
        provider.Foreign = ResourceAmounts.Zero;
        await using var lease = await manager.DeployAsync(Domain.Asking("1")).Within("the placement");
        Assert.Equal("p", lease.ProviderId);
    }

    [Fact]
    public async Task A_provider_that_refuses_is_passed_over_for_the_next()
    {
        var refusing = Domain.Provider("refusing", "64", "64Gi");
        refusing.OnDeploy = (_, _) => throw new PlacementException("out of disk");
        var broken = Domain.Provider("broken", "32", "32Gi");
        broken.OnDeploy = (_, _) => throw new IOException("socket closed");
        await using var manager = await Domain.Start(refusing, broken, Domain.Provider("last", "1", "1Gi"));
        await using var lease = await manager.DeployAsync(Domain.Asking()).Within("the placement");
        Assert.Equal("last", lease.ProviderId);

        var error = await Assert.ThrowsAsync<PlacementException>(() => manager.DeployAsync(Domain.Asking("2")).AsTask().Within("the refusal"));
        Assert.Contains("refusing: out of disk", error.Message, StringComparison.Ordinal);
        Assert.Contains("broken: failed to start it: socket closed", error.Message, StringComparison.Ordinal);
        Assert.Contains("last: short of cpu 1 ", error.Message, StringComparison.Ordinal);
        await manager.Sees(v => v.Components.Count == 1, "the failed attempts to be cleared away");
    }

    [Fact]
    public async Task A_fixed_id_is_used_once_at_a_time_and_survives_a_failed_attempt()
    {
        var refusing = Domain.Provider("refusing", "64", "64Gi");
        refusing.OnDeploy = (_, _) => throw new IOException("socket closed");
        await using var manager = await Domain.Start(refusing, Domain.Provider("good"));
        var request = Domain.Asking() with { Id = new ComponentId("mine") };
        await using var lease = await manager.DeployAsync(request).Within("the placement");
        Assert.Equal(("mine", "good"), (lease.Id.Value, lease.ProviderId));
        var error = await Assert.ThrowsAsync<PlacementException>(() => manager.DeployAsync(request).AsTask().Within("the refusal"));
        Assert.Contains("already placed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_loses_the_reservation_when_it_expires()
    {
        var time = new ManualTimeProvider();
        var slow = Domain.Provider("slow", "64", "64Gi");
        var answer = new TaskCompletionSource();
        slow.OnDeploy = (_, _) => answer.Task;
        await using var manager = await Domain.Start(new DomainOptions { ReservationLimit = TimeSpan.FromSeconds(42) }, time, slow, Domain.Provider("quick"));
        await manager.Sees(v => v.Providers.All(p => p.State == ProviderState.Connected), "the providers to be connected");

        var placing = manager.DeployAsync(Domain.Asking("1")).AsTask();
        await manager.Sees(v => v.Components.Values.Any(c => c.State == ComponentState.Deploying), "the deployment to begin");
        await time.WaitScheduled(w => w == TimeSpan.FromSeconds(42), "the expiry of the reservation to be set");
        time.Advance(TimeSpan.FromSeconds(42));
        await using var lease = await placing.Within("the placement elsewhere");
        Assert.Equal("quick", lease.ProviderId);

        // What the slow one may still start is not forgotten: it stays reserved, and is taken away once it is there.
        var view = manager.View;
        Assert.Equal(63_000, view.Providers[0].Capacity.Available.CpuMillicores);
        answer.SetResult();
        await manager.Sees(v => v.Components.Count == 1, "the late component to be taken away");
        Assert.Empty(slow.Running);
        Assert.Equal((1, 2), (slow.Deployments, slow.Undeployments));
    }

    [Fact]
    public async Task Cancelling_undoes_what_was_begun()
    {
        var slow = Domain.Provider("slow");
        slow.OnDeploy = (_, token) => Task.Delay(Timeout.Infinite, token);
        await using var manager = await Domain.Start(slow);
        using var cancelled = new CancellationTokenSource();
        var placing = manager.DeployAsync(Domain.Asking("1"), cancelled.Token).AsTask();
        await manager.Sees(v => v.Components.Values.Any(c => c.State == ComponentState.Deploying), "the deployment to begin");
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => placing.Within("the cancellation"));
        var view = await manager.Sees(v => v.Components.IsEmpty, "the reservation to be undone");
        Assert.Equal(4_000, view.Providers[0].Capacity.Available.CpuMillicores);
    }

    [Fact]
    public async Task Many_requests_at_once_fill_the_providers_exactly()
    {
        var providers = new[] { Domain.Provider("a", "3"), Domain.Provider("b", "5") };
        await using var manager = await Domain.Start(providers);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(async () =>
        {
            try
            {
                return await manager.DeployAsync(Domain.Asking("1"));
            }
            catch (PlacementException)
            {
                return null;
            }
        }))).Within("40 placements");
        Assert.Equal(8, outcomes.Count(o => o is not null));
        Assert.Equal((3, 5), (providers[0].Running.Count, providers[1].Running.Count));
        Assert.Equal(8, providers.Sum(p => p.Deployments));

        await Task.WhenAll(outcomes.OfType<ComponentLease>().Select(l => l.DisposeAsync().AsTask())).Within("the releases");
        await manager.Sees(v => v.Providers.All(p => p.Capacity.Total == p.Capacity.Available), "all of it to be free again");
    }

    [Fact]
    public async Task Negative_amounts_and_requests_before_the_start_are_refused()
    {
        await using var manager = new DomainResourceManager([Domain.Provider("p")]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => manager.DeployAsync(Domain.Asking()).AsTask());
        await manager.StartAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => manager.DeployAsync(
            new ComponentRequest("x", "main") { Resources = new ResourceRequest { Amounts = new ResourceAmounts(-1, 0) } }).AsTask());
    }

    [Fact]
    public void Two_providers_of_one_name_are_refused() =>
        Assert.Throws<ArgumentException>(() => new DomainResourceManager([Domain.Provider("p"), Domain.Provider("p")]));
}
