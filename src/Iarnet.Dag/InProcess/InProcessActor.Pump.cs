namespace Iarnet.Dag;

internal sealed partial class InProcessActor
{
    private async Task PumpAsync()
    {
        // What a function leaves in asynchronous locals is not for the next one to find.
        var context = ExecutionContext.Capture();
        while (TryTake(out var call))
        {
            var started = _time.GetTimestamp();
            Exception? error = null;
            try
            {
                call.Cancellation.ThrowIfCancellationRequested();
                if (call.EnsureInputsLocal() is { } decoding)
                {
                    await decoding.ConfigureAwait(false);
                }

                if (call.Invoke() is { } task)
                {
                    await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    call.TakeResult(task);
                }
            }
            catch (Exception exception)
            {
                error = exception;
            }

            var computed = _time.GetElapsedTime(started);
            Measure(computed);
            call.SetLocalOutcome(error, computed.Ticks);
            Report(call);
            if (context is not null && !ReferenceEquals(ExecutionContext.Capture(), context))
            {
                ExecutionContext.Restore(context);
            }
        }
    }

    private bool TryTake(out ControlNode call)
    {
        while (!_queue.TryDequeue(out call!))
        {
            // A full fence: a call that was queued before this is seen below, one queued after it starts a pump.
            Interlocked.Decrement(ref _pumps);
            if (_queue.IsEmpty || !TryAddPump())
            {
                return false;
            }
        }

        if (Volatile.Read(ref _pumps) < _maxPumps && !_queue.IsEmpty)
        {
            StartPump();
        }

        return true;
    }

    private void Report(ControlNode call)
    {
        _helping = this;
        call.Session.Engine.Loop.EnqueueAndHelp(call);
        _helping = null;
    }
}
