using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;

namespace Iarnet.Rpc;

/// <summary>What the package tells of its calls.</summary>
internal static class RpcTelemetry
{
    private const string Name = "Iarnet.Rpc";

    private static readonly string? Version = typeof(RpcTelemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
    private static readonly Meter Meter = new(Name, Version);

    public static ActivitySource Activities { get; } = new(Name, Version);

    public static Histogram<double> ClientDuration { get; } =
        Meter.CreateHistogram<double>("iarnet.rpc.client.duration", "s", "Time from the start of a call to its status, at the client.");

    public static Histogram<double> ServerDuration { get; } =
        Meter.CreateHistogram<double>("iarnet.rpc.server.duration", "s", "Time from the request headers to the status, at the server.");

    public static void Record(Histogram<double> histogram, TimeSpan elapsed, IMethod method, StatusCode code)
    {
        histogram.Record(
            elapsed.TotalSeconds,
            new KeyValuePair<string, object?>("rpc.service", method.ServiceName),
            new KeyValuePair<string, object?>("rpc.method", method.Name),
            new KeyValuePair<string, object?>("rpc.grpc.status_code", (int)code));
    }

    public static void End(Activity? activity, StatusCode code)
    {
        if (activity is null)
        {
            return;
        }

        activity.SetTag("rpc.grpc.status_code", (int)code);
        activity.SetStatus(code == StatusCode.OK ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
        activity.Dispose();
    }
}
