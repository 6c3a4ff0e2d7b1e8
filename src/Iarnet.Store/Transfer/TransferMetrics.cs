using System.Diagnostics.Metrics;
using Iarnet.Diagnostics;

namespace Iarnet.Store.Transfer;

/// <summary>The instruments of one server or fetcher.</summary>
internal sealed class TransferMetrics : IDisposable
{
    private readonly Meter _meter = new(TelemetryNames.Store);
    private readonly Counter<long>? _sent;
    private readonly Counter<long>? _received;
    private readonly Counter<long>? _fetches;
    private readonly Counter<long>? _damaged;

    public TransferMetrics(TransferServer server)
    {
        _sent = _meter.CreateCounter<long>("iarnet.store.transfer.sent.size", "By", "Bytes of objects sent to other hosts");
        _meter.CreateObservableGauge("iarnet.store.transfer.connections", () => server.Statistics.Connections, "{connection}", "Connections of readers");
    }

    public TransferMetrics(ObjectFetcher fetcher)
    {
        _received = _meter.CreateCounter<long>("iarnet.store.transfer.received.size", "By", "Bytes of objects received from other hosts");
        _fetches = _meter.CreateCounter<long>("iarnet.store.transfers", "{transfer}", "Objects fetched from other hosts, by outcome");
        _damaged = _meter.CreateCounter<long>("iarnet.store.transfer.damaged", "{chunk}", "Chunks that did not fit their checksum");
        _meter.CreateObservableGauge("iarnet.store.transfers.running", () => fetcher.Statistics.Running, "{transfer}", "Objects that are being fetched");
    }

    public void Sent(long bytes) => _sent?.Add(bytes);

    public void Received(long bytes) => _received?.Add(bytes);

    public void Fetched(string outcome) => _fetches?.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void Damaged() => _damaged?.Add(1);

    public void Dispose() => _meter.Dispose();
}
