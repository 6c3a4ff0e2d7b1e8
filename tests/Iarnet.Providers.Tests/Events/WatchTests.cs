namespace Iarnet.Providers.Tests.Events;

public sealed class WatchTests
{
    [Fact]
    public async Task A_watch_begins_with_what_runs_and_counts_from_its_call()
    {
        var provider = await Start();
        await provider.DeployAsync(Spec("before"));
        var watch = provider.WatchAsync();
        await provider.DeployAsync(Spec("after"));
        await provider.DisposeAsync();

        var events = new List<ComponentEvent>();
        await foreach (var happened in watch)
        {
            events.Add(happened);
        }

        Assert.Equal([new ComponentId("before")], Assert.IsType<ComponentsListed>(events[0]).Running.AsEnumerable());
        Assert.Equal(new ComponentId("after"), Assert.IsType<ComponentStarted>(events[1]).Id);
        Assert.Equal(["after", "before"], events.Skip(2).Cast<ComponentExited>().Select(e => e.Id.Value).Order());
    }

    [Fact]
    public async Task A_watch_of_a_disposed_provider_lists_and_ends()
    {
        var provider = await Start();
        await provider.DisposeAsync();
        await using var events = new EventLog(provider);
        Assert.Empty(((ComponentsListed)await events.Find(e => e is ComponentsListed, "the list")).Running);
        await events.Ended.Within("the end of the watch");
    }

    [Fact]
    public async Task A_watcher_that_never_reads_is_cut_off_and_told()
    {
        var hub = new EventHub();
        var watch = hub.Watch(new ComponentsListed(default, []), CancellationToken.None);
        for (var i = 0; i < 70_000; i++)
        {
            hub.Publish(new ComponentStarted(default, new ComponentId("a")));
        }

        var count = 0;
        var error = await Assert.ThrowsAsync<IarnetException>(async () =>
        {
            await foreach (var _ in watch)
            {
                count++;
            }
        });
        Assert.Contains("Watch again", error.Message, StringComparison.Ordinal);
        Assert.Equal(65_536, count);
    }

    [Fact]
    public async Task A_watch_ends_with_its_token()
    {
        await using var provider = await Start();
        using var stop = new CancellationTokenSource();
        var watch = provider.WatchAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in watch)
            {
                // The list may still come.
            }
        });
    }

    private static ComponentSpec Spec(string id) => new(new ComponentId(id), "main");

    private static async Task<InProcessProvider> Start()
    {
        var options = new InProcessProviderOptions();
        options.Runtimes["main"] = (_, stop) => Task.Delay(Timeout.Infinite, stop);
        var provider = new InProcessProvider(options);
        await provider.ConnectAsync();
        return provider;
    }
}
