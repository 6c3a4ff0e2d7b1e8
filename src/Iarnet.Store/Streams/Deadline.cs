namespace Iarnet.Store.Streams;

/// <summary>The end of a wait that may have several steps.</summary>
internal readonly struct Deadline
{
    // Timers take no more than 49 days.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(40);

    private readonly TimeProvider _time;
    private readonly TimeSpan _wait;
    private readonly long _began;

    public Deadline(TimeProvider time, TimeSpan wait)
    {
        if (wait != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(wait, TimeSpan.Zero);
        }

        _time = time;
        _wait = wait > Longest ? Timeout.InfiniteTimeSpan : wait;
        _began = time.GetTimestamp();
    }

    /// <summary>What is left of it; never less than zero unless it has no end.</summary>
    public TimeSpan Left
    {
        get
        {
            if (_wait == Timeout.InfiniteTimeSpan)
            {
                return _wait;
            }

            var left = _wait - _time.GetElapsedTime(_began);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Waits; false when the time was over first.</summary>
    public async ValueTask<bool> WaitAsync(Task task, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(Left, _time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException) when (!task.IsFaulted)
        {
            return task.IsCompleted;
        }
    }
}
