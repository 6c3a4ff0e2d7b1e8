using System.Collections.Immutable;

namespace Iarnet;

/// <summary>
/// Counts of a session, taken while it runs: each number is right at some moment of the reading, not all at the same one.
/// </summary>
/// <param name="Elapsed">Since the session was opened.</param>
/// <param name="Pending">Calls that wait for inputs.</param>
/// <param name="Ready">Calls that wait for an actor.</param>
/// <param name="Running">Calls that an actor has.</param>
/// <param name="Done">Calls with a result.</param>
/// <param name="Failed">Calls that failed.</param>
/// <param name="Canceled">Calls that were cancelled.</param>
/// <param name="EncodedBytes">Bytes of values that were encoded here for other processes.</param>
/// <param name="ResultBytes">Bytes of results that came from other processes.</param>
/// <param name="Functions">By function, in the order of their names.</param>
/// <param name="Actors">By actor, in the order of their ids.</param>
public sealed record DagStatistics(
    TimeSpan Elapsed,
    long Pending,
    long Ready,
    long Running,
    long Done,
    long Failed,
    long Canceled,
    long EncodedBytes,
    long ResultBytes,
    ImmutableArray<FunctionStatistics> Functions,
    ImmutableArray<ActorStatistics> Actors)
{
    /// <summary>Calls that were made.</summary>
    public long Total => Pending + Ready + Running + Ended;

    /// <summary>Calls that ended, well or badly.</summary>
    public long Ended => Done + Failed + Canceled;
}
