using Iarnet.Actors;
using Iarnet.Objects;

namespace Iarnet.Dag;

internal abstract partial class ControlNode
{
    /// <summary>How often a call may be lost beyond its retries while it only waited in a component that died.</summary>
    private const int InnocentLosses = 100;

    private bool HasEnded => Output.IsEnded;

    /// <summary>An actor reported. Only the actor that has the call is heard, and only once.</summary>
    public void ActorEnded(EngineLoop loop, IActor reporter, in ActorOutcome outcome)
    {
        if (Actor is not { } actor || !ReferenceEquals(actor.Actor, reporter))
        {
            ReleaseUnwanted(outcome.Value, outcome.Kind);
            return;
        }

        LeaveActor(loop);
        if (HasEnded)
        {
            ReleaseUnwanted(outcome.Value, outcome.Kind);
            return;
        }

        Called.ComputeTicks += outcome.ComputeTime.Ticks;
        actor.CountFor(Session).Add(outcome.Kind, outcome.ComputeTime);
        switch (outcome.Kind)
        {
            case ActorOutcomeKind.Completed:
                Output.SetEncoded(outcome.Value);
                Called.ResultBytes += outcome.Value.Size;
                Session.ResultBytes += outcome.Value.Size;
                End(loop, null);
                break;
            case ActorOutcomeKind.Failed:
                var error = outcome.Error ?? new RemoteError("Unknown", "The actor gave no reason.", "");
                Fail(loop, new FunctionFailedException(Function.Name, IdText, error, outcome.Exception));
                break;
            case ActorOutcomeKind.Canceled:
                Cancel(loop, $"Call {Id} of '{Function.Name}' was cancelled by the actor '{actor.Actor.Id}'.");
                break;
            case ActorOutcomeKind.Lost:
                RunAgain(loop, outcome.Exception, outcome.MayHaveRun);
                break;
        }
    }

    /// <summary>The deadline passed.</summary>
    public void TimeOut(EngineLoop loop)
    {
        if (HasEnded)
        {
            return;
        }

        var limit = Function.Options.Timeout;
        Deadline?.Cancel();
        var where = Actor is { } actor ? $"running at '{actor.Actor.Id}'" : $"waiting for an actor of group '{Called.Entry.Group.Spec.Name}'";
        Fail(loop, new CallTimeoutException(
            $"Call {Id} of '{Function.Name}' had no result within {limit} of being ready; it was {where}. Raise the function's Timeout, or its replicas."));
    }

    /// <summary>The call can never run, or ran and failed.</summary>
    public void Fail(EngineLoop loop, Exception cause) => End(loop, new Failure(cause, CallState.Failed));

    /// <summary>Ends the call: with its result when there is no failure. Does nothing when it has ended before.</summary>
    public void End(EngineLoop loop, Failure? failure)
    {
        if (HasEnded)
        {
            return;
        }

        var state = failure?.State ?? CallState.Done;
        var old = State;
        Session.CountState(old, state);
        Session.RemoveLive(this);
        Called.Count(state);
        Measure(loop, state);
        if (Deadline is { } deadline)
        {
            loop.Deadlines.Remove(deadline);
        }

        // Told first: what becomes ready because of it is told after it.
        Session.StateChanged(this, state, failure);
        Output.End(loop, state, failure);
        for (var i = 0; i < ArgumentCount; i++)
        {
            GetInput(i).RemoveUser();
        }

        if (Actor is null)
        {
            Detach();
        }
    }

    private string IdText => Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private void EndLocally(EngineLoop loop)
    {
        var actor = Actor!;
        LeaveActor(loop);
        if (HasEnded)
        {
            Detach();
            return;
        }

        Called.ComputeTicks += _localTicks;
        actor.CountFor(Session).Add(_localKind, new TimeSpan(_localTicks));
        if (_localKind == ActorOutcomeKind.Completed)
        {
            End(loop, null);
        }
        else if (_localKind == ActorOutcomeKind.Canceled)
        {
            Cancel(loop, $"Call {Id} of '{Function.Name}' ended by its cancellation token.");
        }
        else
        {
            Fail(loop, new FunctionFailedException(Function.Name, IdText, RemoteError.From(_localError!), _localError));
        }
    }

    private void Cancel(EngineLoop loop, string text) => End(loop, new Failure(new CallCanceledException(text), CallState.Canceled));

    private void RunAgain(EngineLoop loop, Exception? reason, bool mayHaveRun)
    {
        _losses++;
        if (mayHaveRun ? _attempt >= Function.Options.MaxRetries : _losses > Function.Options.MaxRetries + InnocentLosses)
        {
            Fail(loop, new ComponentLostException(
                $"Call {Id} of '{Function.Name}' was lost {_losses} times with the component that had it, the last time because: {reason?.Message ?? "no reason was given"}. " +
                $"Its MaxRetries is {Function.Options.MaxRetries}.", reason));
            return;
        }

        Called.Retries++;
        SetState(CallState.Ready);
        if (!mayHaveRun)
        {
            Called.Entry.Group.EnqueueFirst(loop, this);
            return;
        }

        // Behind the others: if this call is what kills components, those that waited with it get their turn before it does it again.
        _attempt++;
        Called.Entry.Group.Enqueue(loop, this);
    }

    private void LeaveActor(EngineLoop loop)
    {
        var actor = Actor!;
        _withActor = false;
        actor.InFlight--;
        Session.CallAtActorEnded();
        loop.MarkDirty(Called.Entry.Group);
    }

    private void ReleaseUnwanted(in EncodedValue value, ActorOutcomeKind kind)
    {
        if (kind == ActorOutcomeKind.Completed && value.IsReference)
        {
            Session.Engine.ReleaseObject(value.Reference);
        }

        if (HasEnded && Actor is null)
        {
            Detach();
        }
    }

    private void Measure(EngineLoop loop, CallState state)
    {
        if (DagTelemetry.Calls.Enabled)
        {
            DagTelemetry.Calls.Add(1, DagTelemetry.Outcome(state));
        }

        // Zero when nobody listened yet as it became ready.
        if (_readyAt != 0)
        {
            DagTelemetry.Duration.Record(loop.Time.GetElapsedTime(_readyAt).TotalSeconds, DagTelemetry.Outcome(state));
        }
    }

    private void Detach()
    {
        Deadline?.Close();
        Deadline = null;
        DropInputs();
    }
}
