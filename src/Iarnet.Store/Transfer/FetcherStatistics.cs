namespace Iarnet.Store;

/// <summary>What an object fetcher has done since it was made.</summary>
/// <param name="Running">Transfers that run or wait their turn.</param>
/// <param name="Fetched">Objects fetched.</param>
/// <param name="ReceivedBytes">Bytes of objects received, those received again too.</param>
/// <param name="Damaged">Chunks that did not fit their checksum and were asked for again.</param>
/// <param name="Relayed">Transfers that were sent to another reader instead of the source.</param>
/// <param name="Fallbacks">Times that a holder failed and the rest was read elsewhere.</param>
/// <param name="Connections">Connections open now, idle ones too.</param>
public readonly record struct FetcherStatistics(int Running, long Fetched, long ReceivedBytes, long Damaged, long Relayed, long Fallbacks, int Connections);
