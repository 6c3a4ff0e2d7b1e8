namespace Iarnet.Store.Transfer;

/// <summary>The counts behind <see cref="FetcherStatistics"/>.</summary>
internal sealed class FetchCounters
{
    public long Fetched;
    public long ReceivedBytes;
    public long Damaged;
    public long Relayed;
    public long Fallbacks;
}
