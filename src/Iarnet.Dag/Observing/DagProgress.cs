namespace Iarnet;

/// <summary>The counts of a session with their speed since the report before.</summary>
/// <param name="Statistics">The counts.</param>
/// <param name="CallsPerSecond">Calls that ended, per second.</param>
/// <param name="BytesPerSecond">Bytes that were encoded or arrived as results, per second.</param>
/// <param name="IsLast">Whether the stream ends with this report.</param>
public sealed record DagProgress(DagStatistics Statistics, double CallsPerSecond, double BytesPerSecond, bool IsLast);
