using Iarnet.Actors;
using Iarnet.Functions;

namespace Iarnet.Components.Tests;

internal sealed class TestCall(FunctionDefinition function, IActorValue[] arguments, CancellationToken cancellation = default) : ActorCall
{
    private static long _last;

    private readonly TaskCompletionSource<ActorOutcome> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override long Id { get; } = Interlocked.Increment(ref _last);

    public override FunctionDefinition Function => function;

    public override int ArgumentCount => arguments.Length;

    public override int Attempt => 0;

    public override CancellationToken Cancellation => cancellation;

    /// <summary>How often it was said to have ended: more than once is a fault of the actor.</summary>
    public int Ends { get; private set; }

    public Task<ActorOutcome> Ended => _ended.Task;

    public override IActorValue GetArgument(int index) => arguments[index];

    public void End(in ActorOutcome outcome)
    {
        Ends++;
        _ended.TrySetResult(outcome);
    }
}
