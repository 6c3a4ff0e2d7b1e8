namespace Iarnet;

/// <summary>
/// An exponentially weighted moving average of durations: <c>a' = a + w * (x - a)</c>, the first sample taken whole.
/// Not thread-safe: one writer; a reader on another thread sees some recent value.
/// </summary>
public struct MovingAverage
{
    private double _ticks;
    private bool _any;

    /// <summary>The weight of a new sample: one eighth, as TCP smooths its round-trip times (RFC 6298).</summary>
    public const double Weight = 0.125;

    /// <summary>The average; zero before the first sample.</summary>
    public readonly TimeSpan Value => TimeSpan.FromTicks((long)_ticks);

    /// <summary>Takes a sample in.</summary>
    public void Add(TimeSpan sample)
    {
        _ticks = _any ? _ticks + (Weight * (sample.Ticks - _ticks)) : sample.Ticks;
        _any = true;
    }
}
