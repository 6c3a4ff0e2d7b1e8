using Iarnet.Actors;

namespace Iarnet.Dag;

internal abstract partial class ControlNode
{
    // What an in-process actor leaves for the loop; published by the loop's queue.
    private Exception? _localError;
    private ActorOutcomeKind _localKind;
    private long _localTicks;

    /// <summary>The call is about to be handed to an actor.</summary>
    public void Dispatched(ActorState actor)
    {
        _actor = actor;
        _withActor = true;
        Session.CallsAtActors++;
        SetState(CallState.Running);
    }

    /// <summary>
    /// Actor's thread. Runs the function; its inputs are local. Null when the result is in place,
    /// otherwise the task to wait for before <see cref="TakeResult"/>. Throws what the function throws.
    /// </summary>
    public abstract Task? Invoke();

    /// <summary>Actor's thread. Takes the result of a task that completed. Throws what the function threw.</summary>
    public abstract void TakeResult(Task task);

    /// <summary>Actor's thread. Null when all inputs can be read in this process, otherwise what to wait for.</summary>
    public Task? EnsureInputsLocal()
    {
        List<Task>? waits = null;
        for (var i = 0; i < ArgumentCount; i++)
        {
            if (GetInput(i).EnsureLocal() is { } wait)
            {
                (waits ??= []).Add(wait);
            }
        }

        return waits is null ? null : Task.WhenAll(waits);
    }

    /// <summary>Actor's thread. Notes the outcome; the node is queued for the loop afterwards.</summary>
    public void SetLocalOutcome(Exception? error, long computeTicks)
    {
        _localTicks = computeTicks;
        _localError = error;
        _localKind = error switch
        {
            null => ActorOutcomeKind.Completed,
            OperationCanceledException when Cancellation.IsCancellationRequested => ActorOutcomeKind.Canceled,
            _ => ActorOutcomeKind.Failed,
        };
    }
}
