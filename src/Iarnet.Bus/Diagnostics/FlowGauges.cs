using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Iarnet.Bus.Components;
using Iarnet.Diagnostics;

namespace Iarnet.Bus.Diagnostics;

/// <summary>
/// What the flows of the process hold, read when somebody asks: a message costs nothing here. Flows are held weakly, so that one
/// that is forgotten without being closed is forgotten here too.
/// </summary>
internal static class FlowGauges
{
    private static readonly Meter Meter = new(TelemetryNames.Bus);
    private static readonly ConditionalWeakTable<MessageFlow, object> Flows = [];
    private static readonly KeyValuePair<string, object?>[] Levels = [new("priority", "normal"), new("priority", "high"), new("priority", "urgent")];

    static FlowGauges()
    {
        Meter.CreateObservableUpDownCounter("iarnet.bus.messages_waiting", static () => ByLevel(static (flow, level) => flow.WaitingMessages(level)), "{message}", "Messages that wait to leave, by priority");
        Meter.CreateObservableUpDownCounter("iarnet.bus.payload_waiting", static () => ByLevel(static (flow, level) => flow.WaitingBytes(level)), "By", "Payload of the messages that wait to leave, by priority");
        Meter.CreateObservableUpDownCounter("iarnet.bus.messages_kept", static () => Sum(static flow => flow.KeptMessages), "{message}", "Messages that count against the bounds: waiting, or not acknowledged");
        Meter.CreateObservableUpDownCounter("iarnet.bus.payload_kept", static () => Sum(static flow => flow.KeptBytes), "By", "Bytes that count against the bounds");
        Meter.CreateObservableUpDownCounter("iarnet.bus.requests_active", static () => Sum(static flow => flow.ActiveRequests), "{request}", "Requests without a reply yet");
    }

    public static void Add(MessageFlow flow) => Flows.AddOrUpdate(flow, flow);

    public static void Remove(MessageFlow flow) => Flows.Remove(flow);

    private static Measurement<long>[] ByLevel(Func<MessageFlow, int, long> read)
    {
        var measurements = new Measurement<long>[Levels.Length];
        for (var level = 0; level < Levels.Length; level++)
        {
            var at = level;
            measurements[level] = new Measurement<long>(Sum(flow => read(flow, at)), Levels[level]);
        }

        return measurements;
    }

    private static long Sum(Func<MessageFlow, long> read)
    {
        long sum = 0;
        foreach (var (flow, _) in Flows)
        {
            sum += read(flow);
        }

        return sum;
    }
}
