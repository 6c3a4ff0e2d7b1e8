using System.Diagnostics.Metrics;
using Iarnet.Diagnostics;

namespace Iarnet.Store;

/// <summary>The instruments of one store.</summary>
internal sealed class StoreMetrics : IDisposable
{
    private readonly Meter _meter = new(TelemetryNames.Store);
    private readonly Counter<long> _puts;
    private readonly Counter<long> _putBytes;
    private readonly Counter<long> _gets;
    private readonly Counter<long> _getBytes;
    private readonly Counter<long> _spills;
    private readonly Counter<long> _spillBytes;
    private readonly Counter<long> _restores;
    private readonly Counter<long> _restoreBytes;

    public StoreMetrics(ObjectStore store)
    {
        _puts = _meter.CreateCounter<long>("iarnet.store.puts", "{object}", "Objects put");
        _putBytes = _meter.CreateCounter<long>("iarnet.store.put.size", "By", "Bytes put");
        _gets = _meter.CreateCounter<long>("iarnet.store.gets", "{object}", "Objects leased in this process");
        _getBytes = _meter.CreateCounter<long>("iarnet.store.get.size", "By", "Bytes of the objects leased in this process");
        _spills = _meter.CreateCounter<long>("iarnet.store.spills", "{object}", "Objects written to disk to make room");
        _spillBytes = _meter.CreateCounter<long>("iarnet.store.spill.size", "By", "Bytes written to disk to make room");
        _restores = _meter.CreateCounter<long>("iarnet.store.restores", "{object}", "Objects brought back from disk");
        _restoreBytes = _meter.CreateCounter<long>("iarnet.store.restore.size", "By", "Bytes brought back from disk");
        _meter.CreateObservableCounter("iarnet.store.waits", () => store.Statistics.Waits, "{put}", "Puts that had to wait for room");
        _meter.CreateObservableGauge("iarnet.store.disk", () => store.Statistics.DiskBytes, "By", "Bytes on disk");
        _meter.CreateObservableGauge("iarnet.store.objects.spilled", () => store.Statistics.SpilledObjects, "{object}", "Objects that are on disk only");
        _meter.CreateObservableGauge("iarnet.store.objects", () => store.Statistics.Objects, "{object}", "Objects that can be read");
        _meter.CreateObservableGauge("iarnet.store.memory", () => store.Statistics.Bytes, "By", "Bytes taken");
        _meter.CreateObservableGauge("iarnet.store.memory.limit", () => store.Statistics.LimitBytes, "By", "Bytes that may be taken");
        _meter.CreateObservableGauge("iarnet.store.leases", () => store.Statistics.Leases, "{lease}", "Leases not given back");
    }

    public void Put(long bytes)
    {
        _puts.Add(1);
        _putBytes.Add(bytes);
    }

    public void Got(long bytes)
    {
        _gets.Add(1);
        _getBytes.Add(bytes);
    }

    public void Spilled(int objects, long bytes)
    {
        _spills.Add(objects);
        _spillBytes.Add(bytes);
    }

    public void Restored(long bytes)
    {
        _restores.Add(1);
        _restoreBytes.Add(bytes);
    }

    public void Dispose() => _meter.Dispose();
}
