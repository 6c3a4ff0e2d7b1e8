using System.Diagnostics.Metrics;
using Iarnet.Diagnostics;

namespace Iarnet.Scheduling;

internal static class SchedulingMetrics
{
    private static readonly Meter Meter = new(TelemetryNames.Scheduling);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        TelemetryNames.InstrumentPrefix + "placement.duration", "s", "From a request to its started component.");

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>(
        TelemetryNames.InstrumentPrefix + "placement.refusals", "{request}", "Requests that no provider took.");

    private static readonly Counter<long> Replacements = Meter.CreateCounter<long>(
        TelemetryNames.InstrumentPrefix + "placement.replacements", "{component}", "Replicas that were started in the place of one that died.");

    public static void Placed(TimeSpan duration) => Duration.Record(duration.TotalSeconds);

    public static void Refused() => Refusals.Add(1);

    public static void Replaced() => Replacements.Add(1);
}
