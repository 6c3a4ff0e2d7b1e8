namespace Iarnet.Scheduling.Tests.Placement;

public sealed class LifeTests
{
    [Fact]
    public async Task A_death_is_seen_with_its_text_and_frees_the_resources_without_a_release()
    {
        var provider = Domain.Provider("p", "1");
        await using var manager = await Domain.Start(provider);
        var lease = await manager.DeployAsync(Domain.Asking("1")).Within("the placement");
        provider.Kill(lease.Id, "segmentation fault");
        var exit = await lease.Ended.Within("the death");
        Assert.Equal("exit code 1: segmentation fault", exit.ToString());

        await using var next = await manager.DeployAsync(Domain.Asking("1")).Within("the next placement");
        await lease.DisposeAsync().AsTask().Within("a release after the death");
        Assert.Equal([next.Id], provider.Running);
    }

    [Fact]
    public async Task A_component_that_dies_before_its_deployment_is_answered_has_ended()
    {
        var provider = Domain.Provider("p");
        await using var manager = await Domain.Start(provider);
        provider.OnDeployed = async spec =>
        {
            provider.Kill(spec.Id, "at once");
            await manager.Sees(v => v.Components.GetValueOrDefault(spec.Id)?.State is null or ComponentState.Exited, "the death to be seen");
        };
        await using var lease = await manager.DeployAsync(Domain.Asking("1")).Within("the placement");
        Assert.Equal("at once", (await lease.Ended.Within("the end")).ErrorTail);
        await manager.Sees(v => v.Components.IsEmpty && v.Providers[0].Capacity.Available.CpuMillicores == 4_000, "it to be removed");
    }

    [Fact]
    public async Task Deaths_that_were_not_reported_are_found_when_the_watch_is_back()
    {
        var provider = Domain.Provider("p");
        await using var manager = await Domain.Start(new DomainOptions { RetryDelay = TimeSpan.FromMilliseconds(1) }, null, provider);
        var dead = await manager.DeployAsync(Domain.Asking("1")).Within("the first placement");
        var alive = await manager.DeployAsync(Domain.Asking("1")).Within("the second placement");

        var back = new TaskCompletionSource();
        provider.OnConnect = _ => back.Task;
        provider.CutWatches();
        await manager.Sees(v => v.Providers[0].State == ProviderState.Unreachable, "the provider to be unreachable");
        Assert.Equal("the line was cut", manager.View.Providers[0].Note);
        provider.Kill(dead.Id, "never reported");
        Assert.False(dead.Ended.IsCompleted);
        back.SetResult();

        Assert.Contains("ended while provider 'p' was not connected", (await dead.Ended.Within("the death to be found")).ErrorTail, StringComparison.Ordinal);
        Assert.False(alive.Ended.IsCompleted);
        await manager.Sees(v => v.Components.Count == 1 && v.Providers[0].Capacity.Available.CpuMillicores == 3_000, "the dead one to be removed");
    }

    [Fact]
    public async Task A_provider_that_fails_to_connect_is_tried_again_at_growing_intervals()
    {
        var time = new ManualTimeProvider();
        var provider = Domain.Provider("p");
        var attempts = 0;
        provider.OnConnect = _ => ++attempts < 5 ? throw new IarnetException($"refused {attempts}") : Task.CompletedTask;
        var options = new DomainOptions { RetryDelay = TimeSpan.FromSeconds(1), MaxRetryDelay = TimeSpan.FromSeconds(5) };
        await using var manager = await Domain.Start(options, time, provider);
        foreach (var (attempt, most) in new[] { (1, 1.0), (2, 2.0), (3, 4.0), (4, 5.0) })
        {
            await manager.Sees(v => v.Providers[0].Note == $"refused {attempt}", $"attempt {attempt} to fail");
            var wait = await time.WaitScheduled(w => w < TimeSpan.FromSeconds(5.1), "the next attempt to be set");
            Assert.InRange(wait, TimeSpan.FromSeconds(most / 2), TimeSpan.FromSeconds(most));
            time.Advance(wait);
        }

        await manager.Sees(v => v.Providers[0].State == ProviderState.Connected, "the provider to be connected");
    }

    [Fact]
    public async Task A_provider_that_is_found_ill_takes_nothing_until_it_is_well_again()
    {
        var time = new ManualTimeProvider();
        var provider = Domain.Provider("p");
        await using var manager = await Domain.Start(new DomainOptions(), time, provider);
        await manager.Sees(v => v.Providers[0].State == ProviderState.Connected, "the provider to be connected");
        var ill = true;
        provider.OnHealth = () => new Iarnet.Providers.ProviderHealth(!ill, "disk full");
        await time.WaitScheduled(w => w == TimeSpan.FromSeconds(5), "the next check to be set");
        time.Advance(TimeSpan.FromSeconds(5));
        await manager.Sees(v => v.Providers[0] is { State: ProviderState.Unreachable, Note: "disk full" }, "the provider to be found ill");
        ill = false;
        time.Advance(await time.WaitScheduled(w => w <= TimeSpan.FromMilliseconds(500), "the next attempt to be set"));
        await manager.Sees(v => v.Providers[0].State == ProviderState.Connected, "the provider to be connected again");
    }

    [Fact]
    public async Task A_release_that_fails_is_repeated_until_it_succeeds_and_the_resources_stay_reserved()
    {
        var time = new ManualTimeProvider();
        var provider = Domain.Provider("p");
        await using var manager = await Domain.Start(new DomainOptions(), time, provider);
        var lease = await manager.DeployAsync(Domain.Asking("1")).Within("the placement");
        var attempts = 0;
        provider.OnUndeploy = (_, _) => ++attempts < 3 ? throw new IOException("not now") : Task.CompletedTask;
        var releasing = lease.DisposeAsync().AsTask();
        for (var i = 1; i < 3; i++)
        {
            var most = TimeSpan.FromMilliseconds(500 * i);
            var wait = await time.WaitScheduled(w => w <= most, "the next attempt to be set");
            Assert.Equal(3_000, manager.View.Providers[0].Capacity.Available.CpuMillicores);
            time.Advance(wait);
        }

        await releasing.Within("the release");
        Assert.Equal(3, attempts);
        Assert.Empty(provider.Running);
        await manager.Sees(v => v.Providers[0].Capacity.Available.CpuMillicores == 4_000, "the resources to be free");
    }

    [Fact]
    public async Task A_release_returns_when_its_limit_has_passed_though_the_provider_hangs()
    {
        var time = new ManualTimeProvider();
        var provider = Domain.Provider("p");
        await using var manager = await Domain.Start(new DomainOptions(), time, provider);
        var lease = await manager.DeployAsync(Domain.Asking("1")).Within("the placement");
        var hang = new TaskCompletionSource();
        provider.OnUndeploy = (_, _) => hang.Task;
        var releasing = lease.DisposeAsync().AsTask();
        await time.WaitScheduled(w => w == TimeSpan.FromSeconds(15), "the limit of the release to be set");
        await Bounded.Eventually(() => time.Waits.Count(w => w == TimeSpan.FromSeconds(15)) == 2, "both the attempt and the wait for it are limited");
        time.Advance(TimeSpan.FromSeconds(15));
        await releasing.Within("the release to return");
        Assert.Equal(3_000, manager.View.Providers[0].Capacity.Available.CpuMillicores);
        hang.SetResult();
        time.Advance(await time.WaitScheduled(w => w <= TimeSpan.FromMilliseconds(500), "the next attempt to be set"));
        await manager.Sees(v => v.Components.IsEmpty, "the component to be gone");
    }

    [Fact]
    public async Task Two_managers_share_a_provider_without_taking_more_than_there_is_or_each_other_s_components()
    {
        var provider = Domain.Provider("p", "6");
        var first = await Domain.Start(provider);
        var second = await Domain.Start(provider);
        async Task<ComponentLease?> Place(DomainResourceManager manager)
        {
            try
            {
                return await manager.DeployAsync(Domain.Asking("1"));
            }
            catch (PlacementException)
            {
                return null;
            }
        }

        var leases = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => Place(i % 2 == 0 ? first : second)))).Within("20 placements");
        Assert.Equal(6, leases.Count(l => l is not null));
        Assert.Equal(6, provider.Running.Count);

        var ofSecond = leases.Where((l, i) => l is not null && i % 2 == 1).Select(l => l!.Id).Order(Comparer<ComponentId>.Create((a, b) => string.CompareOrdinal(a.Value, b.Value))).ToArray();
        await first.DisposeAsync().AsTask().Within("the first manager to be disposed");
        Assert.Equal(ofSecond, provider.Running.Order(Comparer<ComponentId>.Create((a, b) => string.CompareOrdinal(a.Value, b.Value))));
        await using (await second.DeployAsync(Domain.Asking($"{6 - ofSecond.Length}")).Within("a placement in what the first left"))
        {
        }

        await second.DisposeAsync().AsTask().Within("the second manager to be disposed");
        Assert.Empty(provider.Running);
    }

    [Fact]
    public async Task Disposing_under_load_leaves_nothing_and_refuses_what_comes_after()
    {
        var provider = Domain.Provider("p", "1000", "1Ti");
        provider.OnDeploy = async (_, _) => await Task.Yield();
        var manager = await Domain.Start(provider);
        using var busy = new SemaphoreSlim(0);
        var clients = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                try
                {
                    await manager.DeployAsync(Domain.Asking("1"));
                    busy.Release();
                }
                catch (Exception e) when (e is ObjectDisposedException or PlacementException)
                {
                    return e;
                }
            }
        })).ToArray();
        for (var i = 0; i < 50; i++)
        {
            await busy.WaitAsync().Within("50 placements");
        }

        await manager.DisposeAsync().AsTask().Within("the manager to be disposed");
        Assert.All(await Task.WhenAll(clients).Within("the clients to be refused"), e => Assert.IsType<ObjectDisposedException>(e));
        Assert.Empty(provider.Running);
        await manager.DisposeAsync().AsTask().Within("a second disposal");
        await Assert.ThrowsAsync<ObjectDisposedException>(() => manager.DeployAsync(Domain.Asking()).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => manager.StartAsync().AsTask());
    }

    [Fact]
    public async Task Disposing_returns_within_its_limit_though_a_provider_hangs_in_every_call()
    {
        var time = new ManualTimeProvider();
        var provider = Domain.Provider("p");
        var manager = await Domain.Start(new DomainOptions(), time, provider);
        var lease = await manager.DeployAsync(Domain.Asking("1")).Within("the placement");
        var never = new TaskCompletionSource();
        provider.OnUndeploy = (_, _) => never.Task;
        provider.OnDeploy = (_, _) => never.Task;
        provider.OnCapacity = _ => never.Task;
        var stuck = manager.DeployAsync(Domain.Asking("1")).AsTask();
        await manager.Sees(v => v.Components.Values.Any(c => c.State == ComponentState.Deploying), "the second deployment to begin");
        var disposing = manager.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stuck.Within("the second deployment to be given up"));
        await time.WaitScheduled(w => w == TimeSpan.FromSeconds(10), "the limit of the disposal to be set");
        time.Advance(TimeSpan.FromSeconds(10));
        await disposing.Within("the disposal to return");
        Assert.Contains("manager was disposed", (await lease.Ended.Within("the lease to end")).ErrorTail, StringComparison.Ordinal);
        await lease.DisposeAsync().AsTask().Within("a late release");
    }

    [Fact]
    public async Task A_manager_that_never_started_can_be_disposed()
    {
        var manager = new DomainResourceManager([Domain.Provider("p")]);
        await manager.DisposeAsync().AsTask().Within("the disposal");
    }

    [Fact]
    public async Task Views_have_growing_versions_and_end_with_the_manager()
    {
        var manager = await Domain.Start(Domain.Provider("p", "1000", "1Ti"));
        var reading = Task.Run(async () =>
        {
            var versions = new List<long>();
            await foreach (var view in manager.WatchAsync())
            {
                versions.Add(view.Version);
            }

            return versions;
        });
        for (var i = 0; i < 50; i++)
        {
            await manager.DeployAsync(Domain.Asking("1")).Within("a placement");
        }

        await manager.DisposeAsync().AsTask().Within("the disposal");
        var seen = await reading.Within("the views to end");
        Assert.Equal(seen.Distinct().Order(), seen);
        Assert.Equal(manager.View.Version, seen[^1]);
        Assert.Empty(manager.View.Components);
    }
}
