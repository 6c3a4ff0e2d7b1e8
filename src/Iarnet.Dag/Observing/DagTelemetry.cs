using System.Diagnostics.Metrics;
using Iarnet.Diagnostics;

namespace Iarnet.Dag;

/// <summary>The engine's metrics. They cost a look when nobody listens.</summary>
internal static class DagTelemetry
{
    private static readonly Meter Source = new(TelemetryNames.Dag);

    public static readonly Counter<long> Calls = Source.CreateCounter<long>(
        TelemetryNames.InstrumentPrefix + "dag.calls", "{call}", "Calls that ended, by outcome.");

    public static readonly Histogram<double> Duration = Source.CreateHistogram<double>(
        TelemetryNames.InstrumentPrefix + "dag.call.duration", "s", "Time from having all inputs to having the result, by outcome.");

    private static readonly KeyValuePair<string, object?>[] Outcomes =
        [.. Enum.GetNames<CallState>().Select(name => KeyValuePair.Create("outcome", (object?)name.ToLowerInvariant()))];

    public static KeyValuePair<string, object?> Outcome(CallState state) => Outcomes[(int)state];
}
