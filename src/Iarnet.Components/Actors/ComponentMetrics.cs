using System.Diagnostics.Metrics;
using Iarnet.Diagnostics;

namespace Iarnet.Components.Actors;

/// <summary>The instruments of the meter "Iarnet.Components".</summary>
internal sealed class ComponentMetrics : IDisposable
{
    private readonly Meter _meter = new(TelemetryNames.Components);
    private readonly Counter<long> _calls;
    private readonly Counter<long> _started;
    private readonly Counter<long> _lost;
    private readonly Histogram<double> _startTime;

    public ComponentMetrics()
    {
        _calls = _meter.CreateCounter<long>(TelemetryNames.InstrumentPrefix + "components.calls", "{call}", "Calls that components answered.");
        _started = _meter.CreateCounter<long>(TelemetryNames.InstrumentPrefix + "components.started", "{component}", "Components that became ready.");
        _lost = _meter.CreateCounter<long>(TelemetryNames.InstrumentPrefix + "components.lost", "{component}", "Components that ended without having been told to.");
        _startTime = _meter.CreateHistogram<double>(TelemetryNames.InstrumentPrefix + "components.start_time", "s", "Time from the start of a component to its first word on the bus.");
    }

    public void Answered(int calls, string group) => _calls.Add(calls, new KeyValuePair<string, object?>("group", group));

    public void Started(TimeSpan after, string group)
    {
        _started.Add(1, new KeyValuePair<string, object?>("group", group));
        _startTime.Record(after.TotalSeconds, new KeyValuePair<string, object?>("group", group));
    }

    public void Lost(string group) => _lost.Add(1, new KeyValuePair<string, object?>("group", group));

    public void Dispose() => _meter.Dispose();
}
