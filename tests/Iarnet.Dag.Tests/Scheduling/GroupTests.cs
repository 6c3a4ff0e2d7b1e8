using Iarnet.Actors;
using Iarnet.Functions;

namespace Iarnet.Dag.Tests;

public sealed class GroupTests : EngineTest
{
    private readonly ScriptedHost _host;
    private readonly RecordingSpace _space;
    private readonly DagSession _session;

    public GroupTests()
        : this(new ScriptedHost(), new RecordingSpace())
    {
    }

    private GroupTests(ScriptedHost host, RecordingSpace space)
        : base(new DagEngine(new DagEngineOptions { DefaultReplicas = 3 }, [host, new InProcessActorHost()], space, random: new SeededRandom(1)))
    {
        _host = host;
        _space = space;
        _session = Engine.OpenSession("test");
    }

    [Fact]
    public async Task A_group_is_started_by_the_first_call_that_needs_it_as_its_function_says()
    {
        var function = Remote.Function("f", f => f.Cpu("500m").Memory("256Mi").Replicas(2, 8).Concurrency(4).Group("workers"));
        _ = _session.Call(function, 1);
        var spec = (await _host.NextGroup()).Spec;
        Assert.Equal(("workers", FunctionLanguages.Python, 2, 8, 4), (spec.Name, spec.Language, spec.MinReplicas, spec.MaxReplicas, spec.Concurrency));
        Assert.Equal(500, spec.Resources.Amounts.CpuMillicores);
        Assert.Equal(256L << 20, spec.Resources.Amounts.MemoryBytes);
    }

    [Fact]
    public async Task Functions_that_say_nothing_share_the_group_of_their_language_with_default_replicas()
    {
        _ = _session.Call(Remote.Function("f"), 1);
        _ = _session.Call(Remote.Function("g"), 1);
        var group = await _host.NextGroup();
        Assert.Equal((FunctionLanguages.Python, 3, 3), (group.Spec.Name, group.Spec.MinReplicas, group.Spec.MaxReplicas));
        var actor = group.AddActor("only", window: 2);
        Assert.Equal(["f", "g"], [(await actor.NextCall()).Function.Name, (await actor.NextCall()).Function.Name]);
    }

    [Fact]
    public async Task An_actor_never_has_more_calls_than_its_window()
    {
        var results = Enumerable.Range(0, 20).Select(i => _session.Call(Remote.Function(), i)).ToList();
        var actor = (await _host.NextGroup()).AddActor("only", window: 4);
        var held = new List<ActorCall>();
        for (var i = 0; i < 4; i++)
        {
            held.Add(await actor.NextCall());
        }

        Assert.False(actor.TryNextCall(out _));
        for (var i = 4; i < 20; i++)
        {
            actor.Report(held[0].Done(_space.Store(0)));
            held.RemoveAt(0);
            held.Add(await actor.NextCall());
            Assert.Equal(i + 1, actor.Received);
        }

        Assert.Equal(CallState.Running, results[^1].State);
    }

    [Fact]
    public async Task Ready_calls_go_to_an_actor_in_one_batch()
    {
        _ = _session.Call(Remote.Function(), 0);
        var group = await _host.NextGroup();
        for (var i = 1; i < 50; i++)
        {
            _ = _session.Call(Remote.Function(), i);
        }

        // All calls are added before the actor is: the queue is in order.
        var actor = group.AddActor("only", window: 100);
        for (var i = 0; i < 50; i++)
        {
            await actor.NextCall();
        }

        Assert.Equal([50], actor.Batches);
    }

    [Fact]
    public async Task Calls_go_where_they_are_back_first()
    {
        var group = await StartedGroup();
        var far = group.AddActor("far", window: 100, link: 10, compute: 1);
        var slow = group.AddActor("slow", window: 100, link: 0, compute: 8);
        var near = group.AddActor("near", window: 100, link: 1, compute: 2);
        await Settle(near);

        for (var i = 0; i < 24; i++)
        {
            _ = _session.Call(Remote.Function(), i);
        }

        await Settle(near);

        // The n-th call costs 2*1 + 2n at "near", 8n at "slow", 2*10 + n at "far": the 26 lowest of these are taken,
        // one of them by the call that settled the group before.
        var expected = Enumerable.Range(1, 100).Select(n => (Cost: 2 + (2 * n), Name: "near"))
            .Concat(Enumerable.Range(1, 100).Select(n => (Cost: 8 * n, Name: "slow")))
            .Concat(Enumerable.Range(1, 100).Select(n => (Cost: 20 + n, Name: "far")))
            .OrderBy(choice => choice.Cost)
            .Take(26)
            .GroupBy(choice => choice.Name)
            .ToDictionary(choices => choices.Key, choices => choices.Count());
        Assert.InRange(near.Received, expected["near"] - 1, expected["near"] + 1);
        Assert.InRange(slow.Received, expected["slow"] - 1, expected["slow"] + 1);
        Assert.InRange(far.Received, expected["far"] - 1, expected["far"] + 1);
    }

    [Fact]
    public async Task Equal_actors_share_the_calls()
    {
        var group = await StartedGroup();
        var actors = Enumerable.Range(0, 3).Select(i => group.AddActor($"actor {i}", window: 1000, link: 1, compute: 1)).ToList();
        for (var i = 0; i < 300; i++)
        {
            _ = _session.Call(Remote.Function(), i);
        }

        await Settle(actors[0]);
        Assert.All(actors, actor => Assert.InRange(actor.Received, 99, 102));
    }

    [Fact]
    public async Task A_group_without_actors_does_not_hold_up_another()
    {
        var waiting = _session.Call(Remote.Function(), 1);
        Assert.Equal(9, await _session.Call(Maths.Square, 3).Within());
        Assert.Equal(CallState.Ready, waiting.State);
    }

    [Fact]
    public async Task When_nothing_can_be_placed_the_waiting_calls_fail_and_the_next_one_tries_again()
    {
        var waiting = _session.Call(Remote.Function(), 1);
        var dependant = _session.Call(Maths.Next, waiting);
        var group = await _host.NextGroup();
        group.Observer.GroupFailed(new PlacementException("no provider has 64 GPUs"));
        await Assert.ThrowsAsync<PlacementException>(() => waiting.Within());
        var error = await Assert.ThrowsAsync<PlacementException>(() => dependant.Within());
        Assert.Contains("no provider has 64 GPUs (needed by Maths.Next)", error.Message, StringComparison.Ordinal);
        await group.Disposed.Task.Within("the failed group to be disposed");

        var second = _session.Call(Remote.Function(), 1);
        var actor = (await _host.NextGroup()).AddActor("only");
        var call = await actor.NextCall();
        actor.Report(ActorOutcome.Canceled(call));
        await Assert.ThrowsAsync<CallCanceledException>(() => second.Within());
    }

    [Fact]
    public void Functions_of_one_group_that_differ_are_refused()
    {
        Engine.Register(Remote.Definition("f", f => f.Group("shared").Cpu("1")));
        var error = Assert.Throws<FunctionConflictException>(() => Engine.Register(Remote.Definition("g", f => f.Group("shared").Cpu("2"))));
        Assert.Contains("shared", error.Message, StringComparison.Ordinal);
        Assert.Throws<FunctionConflictException>(() => Engine.AddFunction(Maths.One, f => f.Group("shared").Cpu("1")));
    }

    [Fact]
    public async Task Groups_end_with_the_engine()
    {
        _ = _session.Call(Remote.Function(), 1);
        var group = await _host.NextGroup();
        await Engine.DisposeAsync().Within();
        Assert.True(group.Disposed.Task.IsCompleted);
    }

    private async Task<ScriptedGroup> StartedGroup()
    {
        var session = Engine.OpenSession("starter");
        _ = session.Call(Remote.Function(), 0);
        var group = await _host.NextGroup();
        await session.CancelAsync().Within();
        return group;
    }

    // What was queued for the loop before is done when a call that is queued now has run.
    private async Task Settle(ScriptedActor actor)
    {
        Assert.NotNull(actor);
        Assert.Equal(1, await _session.Call(Maths.One).Within());
        Assert.Equal(1, await _session.Call(Maths.One).Within());
    }
}
