using System.Threading.Channels;
using Iarnet.Actors;

namespace Iarnet.Components.Tests;

internal sealed class TestObserver : IActorGroupObserver
{
    private readonly Channel<IActor> _ready = Channel.CreateUnbounded<IActor>();
    private readonly Channel<(IActor Actor, Exception Reason)> _lost = Channel.CreateUnbounded<(IActor, Exception)>();
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<Exception> Failed => _failed.Task;

    public void ActorReady(IActor actor) => _ready.Writer.TryWrite(actor);

    public void CallsEnded(IActor actor, ReadOnlySpan<ActorOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            (outcome.Call as TestCall)?.End(outcome);
        }
    }

    public void ActorLost(IActor actor, Exception reason) => _lost.Writer.TryWrite((actor, reason));

    public void GroupFailed(Exception reason) => _failed.TrySetResult(reason);

    public async Task<IActor> NextActorAsync()
    {
        var next = _ready.Reader.ReadAsync().AsTask();
        if (await Task.WhenAny(next, _failed.Task).Within("an actor to become ready") == _failed.Task)
        {
            throw new InvalidOperationException("The group failed.", await _failed.Task);
        }

        return await next;
    }

    public Task<(IActor Actor, Exception Reason)> NextLossAsync() => _lost.Reader.ReadAsync().AsTask().Within("an actor to be lost");
}
