using Iarnet.Actors;
using Iarnet.Components;
using Iarnet.Worker.Tests.Harness;
using static Iarnet.Worker.Tests.Harness.TestNode;

namespace Iarnet.Worker.Tests;

public sealed class GroupTests
{
    [Fact]
    public async Task Calls_run_at_the_same_time_as_far_as_the_group_allows()
    {
        await using var node = await StartAsync();
        var actor = await node.StartActorAsync(concurrency: 3);
        var meet = Define(TestFunctions.Meet);

        // Each waits for the next: none ends unless all three run.
        var calls = Enumerable.Range(0, 3).Select(i => Post(actor, meet, Value(node.Named($"{i}")), Value(node.Named($"{(i + 1) % 3}")))).ToArray();

        Assert.All(await Task.WhenAll(calls.Select(call => call.Ended)).Within("three calls that wait for each other"), outcome => Assert.Equal(ActorOutcomeKind.Completed, outcome.Kind));
    }

    [Fact]
    public async Task Two_replicas_are_two_processes_that_share_one_cache()
    {
        await using var node = await StartAsync();
        node.StartGroup(replicas: 2);
        var actors = new[] { await node.Observer.NextActorAsync(), await node.Observer.NextActorAsync() };

        var square = Define(TestFunctions.Square);
        var results = await Task.WhenAll(actors.Select(actor => node.CallAsync<int>(actor, square, Value(3))));
        var places = await Task.WhenAll(actors.Select(actor => node.CallAsync<string>(actor, Define(TestFunctions.WhereAmI))));

        Assert.Equal([9, 9], results);
        Assert.NotEqual(places[0].Split(' ')[0], places[1].Split(' ')[0]);
        Assert.All(Directory.GetFiles(node.Cache), file => Assert.Equal(64 + ".dll".Length, Path.GetFileName(file).Length));
    }

    [Fact]
    public async Task A_group_whose_workers_never_become_ready_fails_with_what_they_said()
    {
        await using var node = await StartAsync();
        node.Launcher.Variables[ComponentVariables.Concurrency] = "many";
        node.StartGroup();

        var reason = await node.Observer.Failed.Within("the group to fail");

        Assert.IsType<ComponentLostException>(reason);
        Assert.Contains("IARNET_CONCURRENCY is 'many'", reason.Message, StringComparison.Ordinal);
        Assert.Equal(5, node.Launcher.Started.Count);
    }

    [Fact]
    public async Task Disposing_lets_a_running_call_end_and_then_no_process_is_left()
    {
        await using var node = await StartAsync(options => options.DrainLimit = TimeSpan.FromSeconds(60));
        var group = node.StartGroup();
        var actor = await node.Observer.NextActorAsync();
        var running = Post(actor, Define(TestFunctions.Meet), Value(node.Named("running")), Value(node.Named("go")));
        await Signal.WhenReached(node.Named("running"));
        var waiting = Post(actor, Define(TestFunctions.Square), Value(1));

        var disposing = group.DisposeAsync().AsTask();
        Assert.False(disposing.IsCompleted);
        Signal.Reach(node.Named("go"));
        await disposing.Within("the group to close");

        Assert.Equal(ActorOutcomeKind.Completed, (await running.Ended.Within("the running call")).Kind);
        Assert.Equal(ActorOutcomeKind.Lost, (await waiting.Ended.Within("the waiting call")).Kind);
        Assert.True(node.Launcher.Started[actor.Id].Ended.IsCompleted);
    }

    [Fact]
    public async Task Disposing_does_not_wait_for_a_call_that_never_ends()
    {
        await using var node = await StartAsync(options => options.DrainLimit = TimeSpan.FromMilliseconds(100));
        var group = node.StartGroup();
        var actor = await node.Observer.NextActorAsync();
        var running = Post(actor, Define(TestFunctions.Meet), Value(node.Named("running")), Value(node.Named("never")));
        await Signal.WhenReached(node.Named("running"));

        await group.DisposeAsync().AsTask().Within("the group to close");

        Assert.Equal(ActorOutcomeKind.Lost, (await running.Ended.Within("the call")).Kind);
    }

    [Fact]
    public async Task A_result_over_the_limits_of_the_store_is_the_calls_error()
    {
        await using var node = await StartAsync(configureStore: store =>
        {
            store.MaxObjectBytes = 32 << 20;
            store.MemoryLimit = 48 << 20;
            store.FullWait = TimeSpan.FromMilliseconds(100);
        });
        var actor = await node.StartActorAsync();
        var make = Define(TestFunctions.Make);

        var tooLarge = await Post(actor, make, Value(40 << 20)).Ended.Within("the outcome");
        Assert.Equal((ActorOutcomeKind.Failed, "Iarnet.MessageTooLargeException"), (tooLarge.Kind, tooLarge.Error?.Type));
        using var taken = await node.Store.GetAsync(await node.Store.PutAsync(new byte[30 << 20], "raw"));
        var full = await Post(actor, make, Value(30 << 20)).Ended.Within("the outcome");
        Assert.Equal((ActorOutcomeKind.Failed, "Iarnet.StoreFullException"), (full.Kind, full.Error?.Type));
        Assert.Equal(4, await node.CallAsync<int>(actor, Define(TestFunctions.Square), Value(2)));
    }

    [Fact]
    public async Task A_code_file_that_was_damaged_in_the_cache_is_fetched_anew()
    {
        await using var node = await StartAsync();
        var square = Define(TestFunctions.Square);
        var actor = await node.StartActorAsync();
        Assert.Equal(4, await node.CallAsync<int>(actor, square, Value(2)));
        foreach (var file in Directory.GetFiles(node.Cache))
        {
            await File.WriteAllTextAsync(file + ".new", "damaged");
            File.Move(file + ".new", file, overwrite: true);
        }

        node.Launcher.Started[actor.Id].Kill();

        Assert.Equal(9, await node.CallAsync<int>(await node.Observer.NextActorAsync(), square, Value(3)));
    }
}
