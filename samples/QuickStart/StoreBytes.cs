using System.Diagnostics.Metrics;

namespace QuickStart;

/// <summary>Counts what is put in the store, by the metric that the store publishes for any dashboard.</summary>
internal sealed class StoreBytes : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _bytes;

    public StoreBytes()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Iarnet.Store", Name: "iarnet.store.put.size" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, bytes, _, _) => Interlocked.Add(ref _bytes, bytes));
        _listener.Start();
    }

    public long Total => Interlocked.Read(ref _bytes);

    public void Dispose() => _listener.Dispose();
}
