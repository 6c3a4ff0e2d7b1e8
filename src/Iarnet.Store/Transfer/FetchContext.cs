using Microsoft.Extensions.Logging;

namespace Iarnet.Store.Transfer;

/// <summary>What the transfers of one fetcher have in common.</summary>
internal sealed class FetchContext
{
    public required IStoreDirectory Directory { get; init; }

    public required ITransferTarget Target { get; init; }

    public required ObjectFetcherOptions Options { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Log { get; init; }

    public required ConnectionPool Pool { get; init; }

    public required ChecksumCache Checksums { get; init; }

    public required FetchCounters Counters { get; init; }

    public required TransferMetrics Metrics { get; init; }

    /// <summary>Where what is fetched is served to others; null: nowhere.</summary>
    public string? Advertised { get; set; }
}
