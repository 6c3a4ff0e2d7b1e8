using System.Diagnostics.Metrics;
using Iarnet.Diagnostics;

namespace Iarnet.Providers;

internal static class ProviderMetrics
{
    private static readonly Meter Meter = new(TelemetryNames.Providers);

    private static readonly UpDownCounter<int> Components = Meter.CreateUpDownCounter<int>(
        TelemetryNames.InstrumentPrefix + "provider.components", "{component}", "Components that run.");

    private static readonly Counter<long> Deaths = Meter.CreateCounter<long>(
        TelemetryNames.InstrumentPrefix + "provider.deaths", "{component}", "Components that ended without having been asked to.");

    public static void Started(string providerId) => Components.Add(1, new KeyValuePair<string, object?>("iarnet.provider", providerId));

    public static void Ended(string providerId, bool requested)
    {
        var provider = new KeyValuePair<string, object?>("iarnet.provider", providerId);
        Components.Add(-1, provider);
        if (!requested)
        {
            Deaths.Add(1, provider);
        }
    }
}
