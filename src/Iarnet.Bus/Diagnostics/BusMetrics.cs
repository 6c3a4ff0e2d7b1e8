using System.Diagnostics.Metrics;
using Iarnet.Diagnostics;

namespace Iarnet.Bus.Diagnostics;

/// <summary>The instruments of the package. Of the process, as meters are; a listener tells sockets apart by their endpoints in the logs.</summary>
internal static class BusMetrics
{
    private static readonly Meter Meter = new(TelemetryNames.Bus);

    public static readonly UpDownCounter<long> Connections =
        Meter.CreateUpDownCounter<long>("iarnet.bus.connections", "{connection}", "Connections past their handshake");

    public static readonly Counter<long> HandshakesFailed =
        Meter.CreateCounter<long>("iarnet.bus.handshakes_failed", "{handshake}", "Connections that ended before they were one");

    public static readonly Counter<long> Sent =
        Meter.CreateCounter<long>("iarnet.bus.messages_sent", "{message}", "Messages handed to a connection by the component bus");

    public static readonly Counter<long> Received =
        Meter.CreateCounter<long>("iarnet.bus.messages_received", "{message}", "Messages handed to a handler of the component bus");

    public static readonly Counter<long> SentBytes =
        Meter.CreateCounter<long>("iarnet.bus.payload_sent", "By", "Payload of the messages sent by the component bus");

    public static readonly Counter<long> ReceivedBytes =
        Meter.CreateCounter<long>("iarnet.bus.payload_received", "By", "Payload of the messages received by the component bus");

    public static readonly Counter<long> Resent =
        Meter.CreateCounter<long>("iarnet.bus.messages_resent", "{message}", "Messages sent again after a connection was lost");

    public static readonly Counter<long> Duplicates =
        Meter.CreateCounter<long>("iarnet.bus.messages_duplicate", "{message}", "Messages that had arrived before and were dropped");

    public static readonly Counter<long> Unsent =
        Meter.CreateCounter<long>("iarnet.bus.messages_unsent", "{message}", "Messages that a peer's end left in its queue");

    public static readonly Counter<long> Envelopes =
        Meter.CreateCounter<long>("iarnet.bus.envelopes_sent", "{envelope}", "Envelopes with messages handed to a connection by the component bus");

    public static readonly Counter<long> Expired =
        Meter.CreateCounter<long>("iarnet.bus.messages_expired", "{message}", "Messages whose time ended before they left");

    public static readonly Counter<long> Lost =
        Meter.CreateCounter<long>("iarnet.bus.messages_lost", "{message}", "Messages that waited or were not acknowledged when their receiver was gone");

    public static readonly Counter<long> Dropped =
        Meter.CreateCounter<long>("iarnet.bus.messages_dropped", "{message}", "Messages that a socket set to drop had no room for");

    public static readonly Counter<long> LoopFaults =
        Meter.CreateCounter<long>("iarnet.bus.loop_faults", "{fault}", "Faults of this package that an I/O loop went on after");

    public static readonly Histogram<double> RequestDuration =
        Meter.CreateHistogram<double>("iarnet.bus.request_duration", "s", "Time from a request to its end, by outcome: reply, fault, timeout, canceled, lost");
}
