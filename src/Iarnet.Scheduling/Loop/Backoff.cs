namespace Iarnet.Scheduling;

/// <summary>
/// Waits that double with each failure up to a maximum, each drawn at random from the upper half, so that what failed together does
/// not come back together.
/// </summary>
internal static class Backoff
{
    /// <param name="failures">How many attempts in a row have failed; at least 1.</param>
    /// <param name="first">The most to wait after the first.</param>
    /// <param name="maximum">The most to wait after any.</param>
    /// <param name="random">Where the draw comes from.</param>
    public static TimeSpan Delay(int failures, TimeSpan first, TimeSpan maximum, SeededRandom random)
    {
        // 2^30 of the smallest first wait is far beyond any maximum.
        var grown = first.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 30));
        return TimeSpan.FromMilliseconds(Math.Min(grown, maximum.TotalMilliseconds) * (0.5 + (0.5 * random.NextDouble())));
    }
}
