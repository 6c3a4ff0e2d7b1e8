using Iarnet.Actors;

namespace Iarnet.Dag.Tests;

public sealed class InProcessActorTests : EngineTest
{
    private readonly DagSession _session;

    public InProcessActorTests()
        : base(new DagEngine(new DagEngineOptions { DefaultReplicas = 2 })) => _session = Engine.OpenSession("test");

    [Fact]
    public async Task A_blocked_call_holds_up_neither_results_nor_calls()
    {
        var gate = new TaskCompletionSource<int>();
        var id = Gates.Add(gate);

        // Many short calls first, so that the actor takes the next one for short too.
        var before = Enumerable.Range(0, 5000).Select(i => _session.Call(Maths.Next, i)).ToList();
        var blocked = _session.Call(Gates.Block, id);
        var after = Enumerable.Range(0, 5000).Select(i => _session.Call(Maths.Next, i)).ToList();
        Assert.Equal(5000, await before[^1].Within());
        Assert.Equal(5000, await after[^1].Within());
        Assert.Equal(CallState.Running, blocked.State);
        gate.SetResult(3);
        Assert.Equal(3, await blocked.Within());
    }

    [Fact]
    public async Task A_call_may_block_for_the_result_of_another()
    {
        var first = new TaskCompletionSource<int>();
        var blocked = _session.Call(Gates.Block, Gates.Add(first));
        var others = Enumerable.Range(0, 100).Select(i => _session.Call(Maths.Next, i)).ToList();
        first.SetResult(await others[^1].Within());
        Assert.Equal(100, await blocked.Within());
    }

    [Fact]
    public async Task An_actor_refuses_calls_of_other_engines()
    {
        var observer = new Observer();
        await using var group = new InProcessActorHost().StartGroup(new ActorGroupSpec("g", "dotnet", Resources.ResourceRequest.None, 1, 1, 1), observer);
        var actor = await observer.Ready.Task.Within("the actor to be ready");
        actor.Post([new ForeignCall()]);
        Assert.Equal(ActorOutcomeKind.Failed, (await observer.Ended.Task.Within("the call to be refused")).Kind);
    }

    private sealed class Observer : IActorGroupObserver
    {
        public TaskCompletionSource<IActor> Ready { get; } = new();

        public TaskCompletionSource<ActorOutcome> Ended { get; } = new();

        public void ActorReady(IActor actor) => Ready.SetResult(actor);

        public void CallsEnded(IActor actor, ReadOnlySpan<ActorOutcome> outcomes) => Ended.SetResult(outcomes[0]);

        public void ActorLost(IActor actor, Exception reason) => Ended.SetException(reason);

        public void GroupFailed(Exception reason) => Ended.SetException(reason);
    }

    private sealed class ForeignCall : ActorCall
    {
        public override long Id => 1;

        public override Iarnet.Functions.FunctionDefinition Function => Remote.Definition("f");

        public override int ArgumentCount => 0;

        public override int Attempt => 0;

        public override CancellationToken Cancellation => CancellationToken.None;

        public override IActorValue GetArgument(int index) => throw new ArgumentOutOfRangeException(nameof(index));
    }
}
