using System.Diagnostics;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>Times of single operations.</summary>
internal sealed class Trips(int count)
{
    private readonly long[] _ticks = new long[count];
    private int _seen;

    public void Add(long since) => _ticks[_seen++] = Stopwatch.GetTimestamp() - since;

    /// <summary>The middle one, in microseconds.</summary>
    public double Median()
    {
        var seen = _ticks.AsSpan(0, _seen);
        seen.Sort();
        // Not by way of a TimeSpan, which knows no less than 0.1 us.
        return 1e6 * seen[seen.Length / 2] / Stopwatch.Frequency;
    }
}
