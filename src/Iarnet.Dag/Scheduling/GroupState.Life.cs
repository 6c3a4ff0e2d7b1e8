using Iarnet.Actors;

namespace Iarnet.Dag;

internal sealed partial class GroupState
{
    private bool _stopped;

    public ActorState? StateOf(IActor actor) => _actors.Find(state => ReferenceEquals(state.Actor, actor));

    public bool IsCurrent(GroupObserver observer) => ReferenceEquals(_observer, observer);

    public void ActorReady(EngineLoop loop, IActor actor)
    {
        if (StateOf(actor) is null)
        {
            _actors.Add(new ActorState(this, actor));
            loop.MarkDirty(this);
        }
    }

    public void ActorLost(EngineLoop loop, IActor actor, Exception reason)
    {
        if (StateOf(actor) is not { } state)
        {
            return;
        }

        _actors.Remove(state);
        engine.LogActorLost(actor.Id, spec.Name, reason);
        loop.MarkDirty(this);
        if (state.InFlight > 0)
        {
            // Calls that were posted after it was lost and before this was heard: Post has answered for them,
            // and its answers stand behind this report.
            loop.Enqueue(here => GiveUp(here, state, reason));
        }
    }

    private void GiveUp(EngineLoop loop, ActorState lost, Exception reason)
    {
        if (lost.InFlight == 0)
        {
            return;
        }

        // The actor should have reported them; without this they would wait for ever.
        engine.LogActorFault(lost.Actor.Id, $"it was lost with {lost.InFlight} calls for which it reported no outcome.", null);
        foreach (var call in engine.Sessions().SelectMany(session => session.CallsWith(lost)).ToArray())
        {
            call.ActorEnded(loop, lost.Actor, ActorOutcome.Lost(call, reason));
        }
    }

    /// <summary>Calls that wait fail with the reason; the next call that needs the group starts it anew.</summary>
    public void Failed(EngineLoop loop, Exception reason)
    {
        engine.LogGroupFailed(spec.Name, reason);
        var failed = _group;
        _group = null;
        _observer = null;
        _actors.Clear();
        if (failed is not null)
        {
            _ = DisposeQuietlyAsync(failed);
        }

        for (var waiting = _ready.Count; waiting > 0; waiting--)
        {
            var call = _ready.RemoveFirst();
            if (call.State == CallState.Ready)
            {
                call.Fail(loop, reason is IarnetException ? reason : new PlacementException($"Group '{spec.Name}' can have no actor: {reason.Message}", reason));
            }
        }
    }

    public Task StopAsync()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        engine.Loop.Enqueue(here =>
        {
            _stopped = true;
            var group = _group;
            _group = null;
            _ = StopAsync(group, stopped);
        });
        return stopped.Task;
    }

    private static async Task StopAsync(IActorGroup? group, TaskCompletionSource stopped)
    {
        try
        {
            if (group is not null)
            {
                await Task.Run(() => group.DisposeAsync().AsTask()).ConfigureAwait(false);
            }

            stopped.TrySetResult();
        }
        catch (Exception exception)
        {
            stopped.TrySetException(exception);
        }
    }

    private void Start(EngineLoop loop)
    {
        if (_stopped)
        {
            return;
        }

        engine.LogGroupStarted(spec.Name, spec.Language);
        _observer = new GroupObserver(loop, this);
        try
        {
            _group = host.StartGroup(spec, _observer);
        }
        catch (Exception exception)
        {
            _observer.GroupFailed(exception);
        }
    }

    private async Task DisposeQuietlyAsync(IActorGroup group)
    {
        try
        {
            await Task.Run(() => group.DisposeAsync().AsTask()).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            engine.LogGroupFailed(spec.Name, exception);
        }
    }
}
