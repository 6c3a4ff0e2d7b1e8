namespace Iarnet.Bus.Tests.Components.Simulation;

/// <summary>A clock that stands until it is moved; timers fire on the thread that moves it, in the order of their times.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    private readonly List<Timer> _armed = [];
    private long _now = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(_now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        var until = _now + by.Ticks;
        while (Next() is { } next && next.Due <= until)
        {
            _armed.Remove(next);
            _now = Math.Max(_now, next.Due);
            next.Fire();
        }

        _now = until;
    }

    private Timer? Next()
    {
        Timer? next = null;
        foreach (var timer in _armed)
        {
            next = next is null || timer.Due < next.Due ? timer : next;
        }

        return next;
    }

    private sealed class Timer(SimulatedTime time, TimerCallback callback, object? state) : ITimer
    {
        public long Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time._armed.Remove(this);
            if (dueTime >= TimeSpan.Zero)
            {
                Due = time._now + dueTime.Ticks;
                time._armed.Add(this);
            }

            return true;
        }

        public void Dispose() => time._armed.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
