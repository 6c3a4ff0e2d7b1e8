using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Iarnet.Diagnostics;

namespace Iarnet.Bus.Tests.Components;

// Listeners are of the process, and what they hear is allocated: not at the same time.
[Collection("Telemetry")]
public sealed class TelemetryTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task What_waits_is_measured_by_priority_and_what_expires_is_counted()
    {
        await using var bus = BusPair.CreateBus("ipc://*");
        var engine = new RecordingPeerHandler();
        var peer = bus.Register(new ComponentId("waits"), engine);
        for (var i = 0; i < 3; i++)
        {
            peer.Send(new byte[100], BusPriority.Urgent);
        }

        var request = peer.RequestAsync(new byte[1], TimeSpan.FromMilliseconds(100)).AsTask();
        var measured = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == TelemetryNames.Bus)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Write(instrument.Name, tags, value));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Write(instrument.Name, tags, 1));
        listener.Start();
        listener.RecordObservableInstruments();
        // Of the process, so other tests may add to them.
        Assert.True(measured["iarnet.bus.messages_waiting urgent"] >= 3);
        Assert.True(measured["iarnet.bus.payload_waiting urgent"] >= 300);
        Assert.True(measured["iarnet.bus.messages_kept"] >= 4);
        Assert.True(measured["iarnet.bus.payload_kept"] >= 301);
        Assert.True(measured["iarnet.bus.requests_active"] >= 1);
        peer.Send(new byte[1], new BusSendOptions { Priority = BusPriority.High, TimeToLive = TimeSpan.FromMilliseconds(20) });
        await engine.Expirations.Reader.ReadAsync().AsTask().Within();
        Assert.True(measured["iarnet.bus.messages_expired high"] >= 1);
        await Assert.ThrowsAsync<CallTimeoutException>(() => request.Within());
        Assert.True(measured["iarnet.bus.request_duration timeout"] >= 1);

        void Write(string name, ReadOnlySpan<KeyValuePair<string, object?>> tags, long value)
        {
            var key = tags.IsEmpty ? name : $"{name} {tags[0].Value}";
            measured.AddOrUpdate(key, value, (_, sum) => sum + value);
        }
    }

    [Fact]
    public async Task A_request_and_its_handling_are_spans_of_one_trace()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is TelemetryNames.Bus or "test",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var pair = await BusPair.StartAsync("ipc://*");
        var seen = "";
        pair.Component.OnMessage = (client, message) =>
        {
            seen = Activity.Current?.TraceId.ToString();
            client.Reply(message, message.Payload.ToArray());
        };
        using var source = new ActivitySource("test");
        using (var caller = source.StartActivity("caller")!)
        {
            var asked = pair.Peer.RequestAsync(new byte[1], Long);
            Assert.Same(caller, Activity.Current);
            await asked.Within();
            Assert.Equal(caller.TraceId.ToString(), seen);
            var request = Assert.Single(ended, activity => activity.OperationName == "bus request" && activity.TraceId == caller.TraceId);
            Assert.Equal(caller.SpanId, request.ParentSpanId);
        }
    }
}
