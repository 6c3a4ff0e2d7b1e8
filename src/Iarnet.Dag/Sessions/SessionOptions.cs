namespace Iarnet;

/// <summary>How a session behaves.</summary>
public sealed class SessionOptions
{
    /// <summary>How long the session may take from being opened; then what has not ended is cancelled. By default null: without limit.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>How long closing the session waits for calls that still run after they were cancelled. One second by default.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often <see cref="DagSession.Progress(CancellationToken)"/> reports. A quarter of a second by default.</summary>
    public TimeSpan ProgressInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How many events are kept for each reader that does not keep up; newer ones are dropped and reported as a gap. 16384 by default.</summary>
    public int EventBuffer { get; set; } = 16384;

    internal void Validate()
    {
        if (Timeout is { } timeout)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero, nameof(Timeout));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(CloseTimeout, TimeSpan.Zero, nameof(CloseTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ProgressInterval, TimeSpan.Zero, nameof(ProgressInterval));
        ArgumentOutOfRangeException.ThrowIfLessThan(EventBuffer, 1, nameof(EventBuffer));
    }
}
