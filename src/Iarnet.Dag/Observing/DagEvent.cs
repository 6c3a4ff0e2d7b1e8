namespace Iarnet;

/// <summary>A call changed its state; or, when <see cref="Missed"/> is not zero, that many events are missing here.</summary>
/// <param name="Sequence">Counts the session's events; the number of the first missing one for a gap.</param>
/// <param name="Time">When it was noticed.</param>
/// <param name="CallId">The call; 0 for a gap.</param>
/// <param name="Function">The name of its function; empty for a gap.</param>
/// <param name="State">Its new state; meaningless for a gap.</param>
/// <param name="Attempt">How often it was given to an actor before.</param>
/// <param name="Actor">The actor that has it or had it; null when none did.</param>
/// <param name="Error">Why it failed or was cancelled; null otherwise.</param>
/// <param name="Missed">How many events the reader's buffer had no room for; 0 for an event.</param>
public sealed record DagEvent(
    long Sequence,
    DateTimeOffset Time,
    long CallId,
    string Function,
    CallState State,
    int Attempt,
    string? Actor,
    Exception? Error,
    long Missed)
{
    internal static DagEvent Gap(long sequence, DateTimeOffset time, long missed) => new(sequence, time, 0, "", default, 0, null, null, missed);
}
