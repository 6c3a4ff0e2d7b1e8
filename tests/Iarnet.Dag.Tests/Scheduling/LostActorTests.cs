using Iarnet.Actors;

namespace Iarnet.Dag.Tests;

public sealed class LostActorTests : EngineTest
{
    private readonly ScriptedHost _host;
    private readonly RecordingSpace _space;
    private readonly DagSession _session;

    public LostActorTests()
        : this(new ScriptedHost(), new RecordingSpace())
    {
    }

    private LostActorTests(ScriptedHost host, RecordingSpace space)
        : base(new DagEngine(hosts: [host], space: space))
    {
        _host = host;
        _space = space;
        _session = Engine.OpenSession("test");
    }

    [Fact]
    public async Task A_call_whose_actor_was_lost_runs_again_elsewhere()
    {
        var result = _session.Call(Remote.Function(), 4);
        var group = await _host.NextGroup();
        var first = group.AddActor("first");
        var call = await first.NextCall();
        Assert.Equal(0, call.Attempt);

        Die(first, call, "killed");
        var second = group.AddActor("second");
        var again = await second.NextCall();
        Assert.Same(call, again);
        Assert.Equal(1, again.Attempt);
        Assert.Equal(4, await again.FirstArgument(_space));
        second.Report(again.Done(_space.Store(16)));

        Assert.Equal(16, await result.Within());
        Assert.Equal(1, _session.GetStatistics().Functions.Single().Retries);
    }

    [Fact]
    public async Task A_call_is_given_up_after_its_retries()
    {
        var result = _session.Call(Remote.Function(configure: f => f.Retry(2)), 4);
        var group = await _host.NextGroup();
        for (var attempt = 0; attempt <= 2; attempt++)
        {
            var actor = group.AddActor($"actor {attempt}");
            var call = await actor.NextCall();
            Assert.Equal(attempt, call.Attempt);
            Die(actor, call, $"killed {attempt}");
        }

        var error = await Assert.ThrowsAsync<ComponentLostException>(() => result.Within());
        Assert.Contains("lost 3 times", error.Message, StringComparison.Ordinal);
        Assert.Contains("killed 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_is_handed_to_an_actor_as_it_dies_uses_no_retry()
    {
        var result = _session.Call(Remote.Function(configure: f => f.Retry(0)), 4);
        var group = await _host.NextGroup();
        group.AddActor("dying", diesOnPost: true);
        var living = group.AddActor("living", link: 5);
        var call = await living.NextCall();
        Assert.Equal(0, call.Attempt);
        living.Report(call.Done(_space.Store(16)));
        Assert.Equal(16, await result.Within());
    }

    [Fact]
    public async Task A_call_that_only_waited_at_a_lost_actor_uses_no_retry()
    {
        var result = _session.Call(Remote.Function(configure: f => f.Retry(0)), 4);
        var group = await _host.NextGroup();
        for (var i = 0; i < 3; i++)
        {
            var lost = group.AddActor($"actor {i}");
            var waiting = await lost.NextCall();
            Assert.Equal(0, waiting.Attempt);
            Die(lost, waiting, "killed", mayHaveRun: false);
        }

        var last = group.AddActor("last");
        last.Report((await last.NextCall()).Done(_space.Store(16)));
        Assert.Equal(16, await result.Within());
    }

    [Fact]
    public async Task A_call_that_failed_is_not_run_again()
    {
        var result = _session.Call(Remote.Function(), 4);
        var actor = (await _host.NextGroup()).AddActor("only");
        var call = await actor.NextCall();
        actor.Report(ActorOutcome.Failed(call, new RemoteError("ValueError", "bad", "File f.py, line 3"), TimeSpan.Zero));
        var error = await Assert.ThrowsAsync<FunctionFailedException>(() => result.Within());
        Assert.Equal(("ValueError", "bad"), (error.Error.Type, error.Error.Message));
        Assert.Contains("File f.py, line 3", error.Message, StringComparison.Ordinal);
        Assert.False(actor.TryNextCall(out _));
    }

    [Fact]
    public async Task Calls_of_a_lost_actor_that_reported_none_run_again()
    {
        var result = _session.Call(Remote.Function(), 4);
        var group = await _host.NextGroup();
        var first = group.AddActor("first");
        await first.NextCall();
        first.Lost("vanished");
        var second = group.AddActor("second");
        var again = await second.NextCall();
        second.Report(again.Done(_space.Store(16)));
        Assert.Equal(16, await result.Within());
    }

    [Fact]
    public async Task Only_the_first_outcome_counts_and_the_objects_of_others_are_released()
    {
        var result = _session.Call(Remote.Function(), 4);
        var group = await _host.NextGroup();
        var first = group.AddActor("first", window: 2);
        var second = group.AddActor("second", window: 2);
        first.LinkLatency = TimeSpan.FromSeconds(1);
        var holder = await Task.WhenAny(first.NextCall(), second.NextCall()).Within();
        var call = await holder;
        var (has, other) = first.Received > 0 ? (first, second) : (second, first);

        other.Report(call.Done(_space.Store(-1)));
        has.Report(call.Done(_space.Store(16)));
        has.Report(call.Done(_space.Store(-2)));
        has.Report(ActorOutcome.Failed(call, new RemoteError("Late", "late", ""), TimeSpan.Zero));
        Assert.Equal(16, await result.Within());
        await _space.HeldBecomes(1);
        Assert.Equal((1, 1), (_session.GetStatistics().Done, _session.GetStatistics().Total));
    }

    [Fact]
    public async Task A_result_that_comes_after_the_session_was_cancelled_is_released()
    {
        var result = _session.Call(Remote.Function(), 4);
        var actor = (await _host.NextGroup()).AddActor("only");
        var call = await actor.NextCall();
        var told = new TaskCompletionSource();
        await using var registration = call.Cancellation.Register(told.SetResult);
        await _session.CancelAsync().Within();
        await told.Task.Within("the actor to be told");
        await Assert.ThrowsAsync<CallCanceledException>(() => result.Within());

        actor.Report(call.Done(_space.Store(16)));
        await _session.DisposeAsync().Within();
        Assert.Equal(0, _space.Held);
    }

    [Fact]
    public async Task A_call_that_cannot_be_encoded_fails_with_the_reason()
    {
        var result = _session.Call(new FunctionRef<Unencodable, int>(Remote.Definition("f")), new Unencodable());
        var actor = (await _host.NextGroup()).AddActor("only");
        var call = await actor.NextCall();
        var error = await Assert.ThrowsAsync<CodecException>(() => call.GetArgument(0).EncodeAsync(_space).Within());
        actor.Report(ActorOutcome.Failed(call, error));
        var failed = await Assert.ThrowsAsync<FunctionFailedException>(() => result.Within());
        Assert.IsType<CodecException>(failed.InnerException);
    }

    /// <summary>The engine hears of the call and of the end in one round: between two it could hand the call to the dead once more.</summary>
    private void Die(ScriptedActor actor, ActorCall call, string reason, bool mayHaveRun = true)
    {
        // Not disposed: the loop may come to it after this method has ended.
        var told = new ManualResetEventSlim();
        Engine.Loop.Enqueue(_ => Assert.True(told.Wait(TimeSpan.FromSeconds(30)), "Waited for both reports to be made."));
        actor.Report(ActorOutcome.Lost(call, new ComponentLostException(reason), mayHaveRun));
        actor.Lost(reason);
        told.Set();
    }
}
