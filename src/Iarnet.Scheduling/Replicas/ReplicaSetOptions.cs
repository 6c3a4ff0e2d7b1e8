namespace Iarnet.Scheduling;

/// <summary>How a <see cref="ReplicaSet"/> replaces what dies. Read once, by its constructor.</summary>
public sealed class ReplicaSetOptions
{
    /// <summary>How many components to keep alive. 1 by default; up to 10,000.</summary>
    public int Count { get; set; } = 1;

    /// <summary>The most to wait before a replica is replaced; doubles with each failure in a row. 200 milliseconds by default.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Where that wait stops growing. 15 seconds by default.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a replica must live for its death to count as no failure. 10 seconds by default.</summary>
    public TimeSpan HealthyAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often in a row one place of the set may fail (its component cannot be placed, or dies young) before the set gives up,
    /// provided that no other replica is healthy. 5 by default.
    /// </summary>
    public int MaxConsecutiveFailures { get; set; } = 5;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Count, 10_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConsecutiveFailures, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRetryDelay, RetryDelay);
        ArgumentOutOfRangeException.ThrowIfLessThan(HealthyAfter, TimeSpan.Zero);
    }
}
