namespace Iarnet.Dag;

internal sealed partial class InProcessActor
{
    /// <summary>Runs calls one after the other until the queue is empty. Used by one thread at a time.</summary>
    private sealed class Pump(InProcessActor actor)
    {
        // Results wait at most so long for those of the calls after them.
        private static readonly TimeSpan ReportAfter = TimeSpan.FromMicroseconds(50);

        private readonly ControlNode?[] _calls = new ControlNode?[64];
        private ILoopItem? _newest;
        private ILoopItem? _oldest;
        private EngineLoop? _loop;
        private long _started;
        private long _reported;
        private long _computed;
        private int _ran;
        private bool _waitsForInputs;

        public async Task RunAsync()
        {
            // What a function leaves in asynchronous locals is not for the next one to find.
            var context = ExecutionContext.Capture();
            for (var taken = Take(); taken > 0; taken = Take())
            {
                for (var i = 0; i < taken; i++)
                {
                    var call = _calls[i]!;
                    _calls[i] = null;
                    for (var task = Start(call); task is not null; task = Resume(call, task))
                    {
                        // Nothing else may wait with this call: neither results nor calls after it.
                        Report();
                        actor.GiveBack(_calls.AsSpan(i + 1, taken - i - 1));
                        taken = i + 1;
                        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    }

                    if (context is not null && !ReferenceEquals(ExecutionContext.Capture(), context))
                    {
                        ExecutionContext.Restore(context);
                    }
                }
            }
        }

        private int Take()
        {
            // Before the queue is looked at: reporting may fill it.
            Report();
            var taken = actor.Take(_calls, _computed, _ran);
            _computed = 0;
            _ran = 0;
            _started = _reported = actor._time.GetTimestamp();
            return taken;
        }

        /// <summary>Runs the call until it ends or waits; in that case what it waits for.</summary>
        private Task? Start(ControlNode call)
        {
            try
            {
                if (call.Cancellation.IsCancellationRequested)
                {
                    Ended(call, new OperationCanceledException(call.Cancellation));
                    return null;
                }

                _waitsForInputs = false;
                var decoding = call.EnsureInputsLocal();
                _waitsForInputs = decoding is not null;
                if ((decoding ?? call.Invoke()) is { } task)
                {
                    return task;
                }

                Ended(call, null);
            }
            catch (Exception exception)
            {
                Ended(call, exception);
            }

            return null;
        }

        /// <summary>What the call waited for is there: as <see cref="Start"/>.</summary>
        private Task? Resume(ControlNode call, Task task)
        {
            Exception? error = null;
            try
            {
                if (!_waitsForInputs)
                {
                    call.TakeResult(task);
                }
                else if (task.IsCompletedSuccessfully)
                {
                    return Start(call);
                }
                else
                {
                    task.GetAwaiter().GetResult();
                }
            }
            catch (Exception exception)
            {
                error = exception;
            }

            Ended(call, error);
            return null;
        }

        private void Ended(ControlNode call, Exception? error)
        {
            var now = actor._time.GetTimestamp();
            var ticks = actor._time.GetElapsedTime(_started, now).Ticks;
            _started = now;
            _computed += ticks;
            _ran++;
            call.SetLocalOutcome(error, ticks);

            _loop = call.Session.Engine.Loop;
            ILoopItem item = call;
            item.Next = _newest;
            _newest = item;
            _oldest ??= item;
            if (actor._time.GetElapsedTime(_reported, now) > ReportAfter)
            {
                Report();
                _started = _reported = actor._time.GetTimestamp();
            }
        }

        private void Report()
        {
            if (_newest is not { } newest)
            {
                return;
            }

            var oldest = _oldest!;
            _newest = _oldest = null;
            t_helping = actor;
            _loop!.EnqueueChainAndHelp(newest, oldest);
            t_helping = null;
        }
    }
}
