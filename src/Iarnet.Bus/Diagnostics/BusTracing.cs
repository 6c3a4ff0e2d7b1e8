using System.Diagnostics;
using Iarnet.Diagnostics;

namespace Iarnet.Bus.Diagnostics;

/// <summary>The spans of the component bus. Without a listener none is made, and the trace context of the caller travels as it is.</summary>
internal static class BusTracing
{
    private static readonly ActivitySource Source = new(TelemetryNames.Bus);

    /// <summary>From a request to its end. It is not left as the current one of the caller, who goes on before it ends.</summary>
    public static Activity? StartRequest(string other)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var current = Activity.Current;
        var activity = Source.StartActivity("bus request", ActivityKind.Client);
        activity?.SetTag("iarnet.bus.peer", other);
        Activity.Current = current;
        return activity;
    }

    /// <summary>From a message's arrival until its handler returns.</summary>
    public static Activity? StartReceive(in BusMessage message) =>
        Source.HasListeners()
            ? Source.StartActivity(
                message.Kind == BusMessageKind.Request ? "bus handle" : "bus receive",
                message.Kind == BusMessageKind.Request ? ActivityKind.Server : ActivityKind.Consumer,
                message.TraceParent)
            : null;
}
