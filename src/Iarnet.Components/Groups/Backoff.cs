namespace Iarnet.Components.Groups;

/// <summary>How long to wait before a component is replaced.</summary>
/// <remarks>
/// At random from nothing to a bound that doubles: replicas that died together (their host had no memory left) do not come back together.
/// </remarks>
internal sealed class Backoff(TimeSpan first, TimeSpan limit, SeededRandom random)
{
    private int _failures;

    public TimeSpan Next()
    {
        var bound = Math.Min(first.Ticks * Math.Pow(2, Math.Min(_failures, 30)), limit.Ticks);
        _failures++;
        return TimeSpan.FromTicks((long)(bound * random.NextDouble()));
    }

    public void Reset() => _failures = 0;
}
