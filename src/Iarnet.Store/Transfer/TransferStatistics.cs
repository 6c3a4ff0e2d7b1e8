namespace Iarnet.Store;

/// <summary>What a transfer server has done since it started.</summary>
/// <param name="Connections">Connections now.</param>
/// <param name="Reads">Ranges asked for.</param>
/// <param name="SentBytes">Bytes of objects sent.</param>
/// <param name="Redirects">Readers that were sent to another reader.</param>
/// <param name="Refused">Connections that were closed because they broke a rule or a limit.</param>
public readonly record struct TransferStatistics(int Connections, long Reads, long SentBytes, long Redirects, long Refused);
