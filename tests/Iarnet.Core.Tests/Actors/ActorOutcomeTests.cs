using Iarnet.Actors;
using Iarnet.Functions;
using Iarnet.Objects;

namespace Iarnet.Tests.Actors;

public sealed class ActorOutcomeTests
{
    private readonly ActorCall _call = new NoCall();

    [Fact]
    public void A_result_carries_its_value_and_compute_time()
    {
        var outcome = ActorOutcome.Completed(_call, new EncodedValue(new Payload("raw", new byte[] { 7 })), TimeSpan.FromSeconds(2));
        Assert.Equal(ActorOutcomeKind.Completed, outcome.Kind);
        Assert.Same(_call, outcome.Call);
        Assert.Equal(1, outcome.Value.Size);
        Assert.Equal(TimeSpan.FromSeconds(2), outcome.ComputeTime);
        Assert.Null(outcome.Error);
        Assert.Null(outcome.Exception);
    }

    [Fact]
    public void A_failure_where_it_ran_carries_the_remote_error_only()
    {
        var outcome = ActorOutcome.Failed(_call, new RemoteError("ValueError", "no", ""), TimeSpan.FromSeconds(1));
        Assert.Equal(ActorOutcomeKind.Failed, outcome.Kind);
        Assert.Equal("ValueError", outcome.Error?.Type);
        Assert.Null(outcome.Exception);
    }

    [Fact]
    public void A_failure_on_this_side_carries_the_exception_and_its_description()
    {
        var reason = new CodecException("cannot be encoded");
        var outcome = ActorOutcome.Failed(_call, reason);
        Assert.Equal(ActorOutcomeKind.Failed, outcome.Kind);
        Assert.Same(reason, outcome.Exception);
        Assert.Equal("cannot be encoded", outcome.Error?.Message);
    }

    [Fact]
    public void A_lost_call_carries_the_reason_and_a_cancelled_one_carries_none()
    {
        var reason = new ComponentLostException("killed");
        Assert.Same(reason, ActorOutcome.Lost(_call, reason).Exception);
        Assert.Equal(ActorOutcomeKind.Lost, ActorOutcome.Lost(_call, reason).Kind);
        Assert.Equal(ActorOutcomeKind.Canceled, ActorOutcome.Canceled(_call).Kind);
        Assert.Null(ActorOutcome.Canceled(_call).Exception);
    }

    [Fact]
    public void A_call_belongs_to_no_trace_unless_it_says_so() => Assert.Equal(default, _call.Trace);

    private sealed class NoCall : ActorCall
    {
        public override long Id => 1;

        public override FunctionDefinition Function => throw new NotSupportedException();

        public override int ArgumentCount => 0;

        public override int Attempt => 0;

        public override CancellationToken Cancellation => CancellationToken.None;

        public override IActorValue GetArgument(int index) => throw new NotSupportedException();
    }
}
