namespace Iarnet.Dag;

internal abstract partial class ControlNode
{
    /// <summary>The inputs may be dropped when the call ended, so that they can be collected while its result lives on.</summary>
    protected abstract void DropInputs();

    private void Add(EngineLoop loop)
    {
        _added = true;
        Session.AddLive(this);
        DataRef? failed = null;
        var released = false;
        for (var i = 0; i < ArgumentCount; i++)
        {
            var input = GetInput(i);
            input.AddUser();
            if (!input.IsEnded)
            {
                input.AddFollower(this);
                _missing++;
            }
            else if (input.Failure is not null)
            {
                failed ??= input;
            }
            else
            {
                released |= input.IsReleased;
            }
        }

        if (Session.EndFailure is { } ended)
        {
            End(loop, ended);
        }
        else if (failed is not null)
        {
            End(loop, failed.Failure!.Through(Function.Name));
        }
        else if (released)
        {
            Fail(loop, new ObjectNotFoundException(
                $"An input of call {Id} of '{Function.Name}' was released before the call was made. Dispose a DataRef only after the calls that need it were made."));
        }
        else if (_missing == 0)
        {
            BecomeReady(loop);
        }
        else
        {
            Session.StateChanged(this, CallState.Pending);
        }
    }

    /// <summary>An input that was waited for is done, failed or cancelled.</summary>
    public void InputEnded(EngineLoop loop, DataRef input)
    {
        if (State != CallState.Pending)
        {
            // It failed by another input, or with its session.
            return;
        }

        if (input.Failure is { } failure)
        {
            End(loop, failure.Through(Function.Name));
        }
        else if (--_missing == 0)
        {
            BecomeReady(loop);
        }
    }

    private void BecomeReady(EngineLoop loop)
    {
        if (Function.Options.Timeout is { } timeout)
        {
            Deadline = loop.Deadlines.Add(this, timeout);
        }

        if (DagTelemetry.Duration.Enabled)
        {
            _readyAt = loop.Time.GetTimestamp();
        }

        SetState(CallState.Ready);
        Called.Entry.Group.Enqueue(loop, this);
    }

    private void SetState(CallState state)
    {
        var old = State;
        Output.SetState(state);
        Session.CountState(old, state);
        Session.StateChanged(this, state);
    }
}
