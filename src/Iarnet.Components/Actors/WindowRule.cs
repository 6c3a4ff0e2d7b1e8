namespace Iarnet.Components.Actors;

/// <summary>How many calls are given to a component at the same time.</summary>
/// <remarks>
/// Enough that it never waits for the next one, and not so many that calls queue behind slow ones while another replica is idle:
/// for each call that it runs at once, the work that it does in two link latencies and <see cref="Slack"/>,
/// <c>w = c * (1 + ceil((2 * link + slack) / compute))</c>.
/// </remarks>
internal static class WindowRule
{
    private const int Most = 4096;

    /// <summary>Covers the time that batches wait in loops at either end.</summary>
    public static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(4);

    public static int For(int concurrency, TimeSpan compute, TimeSpan link)
    {
        // Before the first result nothing is known: one call running and one waiting, and the first answer tells more.
        if (compute <= TimeSpan.Zero)
        {
            return Math.Min(2 * concurrency, Most);
        }

        var ahead = Math.Ceiling(((2 * link) + Slack) / compute);
        return (int)Math.Min(concurrency * (1 + Math.Min(ahead, Most)), Math.Max(Most, 2 * concurrency));
    }
}
