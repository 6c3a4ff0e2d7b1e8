namespace Iarnet.Dag;

/// <summary>The calls that have a deadline, earliest first, behind one timer. Used by the loop alone.</summary>
internal sealed class DeadlineQueue(EngineLoop loop)
{
    // Below it, ended entries may wait for their time: they are few.
    private const int PurgeAbove = 1024;

    private readonly PriorityQueue<CallDeadline, long> _queue = new();
    private ITimer? _timer;
    private long _armedFor = long.MaxValue;
    private int _ended;

    public CallDeadline Add(ControlNode call, TimeSpan timeout)
    {
        var due = loop.Time.GetTimestamp() + (long)(timeout.TotalSeconds * loop.Time.TimestampFrequency);
        var deadline = new CallDeadline(call, call.Session.Token);
        _queue.Enqueue(deadline, due);
        Arm();
        return deadline;
    }

    public void Remove(CallDeadline deadline)
    {
        deadline.Call = null;
        if (++_ended > PurgeAbove && _ended > _queue.Count / 2)
        {
            var alive = _queue.UnorderedItems.Where(entry => entry.Element.Call is not null).ToArray();
            _queue.Clear();
            _queue.EnqueueRange(alive);
            _ended = 0;
        }
    }

    private void Fire()
    {
        _armedFor = long.MaxValue;
        var now = loop.Time.GetTimestamp();
        while (_queue.TryPeek(out var deadline, out var due) && (due <= now || deadline.Call is null))
        {
            _queue.Dequeue();
            if (deadline.Call is { } call)
            {
                call.TimeOut(loop);
            }
            else
            {
                _ended--;
            }
        }

        Arm();
    }

    private void Arm()
    {
        if (!_queue.TryPeek(out _, out var due) || due >= _armedFor)
        {
            return;
        }

        _armedFor = due;
        _timer ??= loop.Time.CreateTimer(static state => ((DeadlineQueue)state!).Elapsed(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var wait = loop.Time.GetElapsedTime(loop.Time.GetTimestamp(), due);

        // Timers count whole milliseconds: rounded up, so that the timer does not fire before the deadline and spin.
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(wait.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
    }

    private void Elapsed() => loop.Enqueue(_ => Fire());
}
