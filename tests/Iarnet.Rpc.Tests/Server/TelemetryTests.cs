using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Iarnet.Rpc.Harness;
using Iarnet.Rpc.Testing;

namespace Iarnet.Rpc.Server;

public sealed class TelemetryTests
{
    [Fact]
    public async Task A_call_is_measured_and_traced_on_both_sides()
    {
        var measured = new ConcurrentBag<(string Instrument, string Method, int Code)>();
        using var meters = new MeterListener();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Iarnet.Rpc")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meters.SetMeasurementEventCallback<double>((instrument, seconds, tags, _) =>
        {
            var facts = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
            Assert.True(seconds >= 0);
            measured.Add((instrument.Name, (string)facts["rpc.method"]!, (int)facts["rpc.grpc.status_code"]!));
        });
        meters.Start();

        using var root = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        var trace = root.TraceId;
        var traced = new ConcurrentBag<ActivityKind>();
        using var activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Iarnet.Rpc",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == trace)
                {
                    traced.Add(activity.Kind);
                }
            },
        };
        ActivitySource.AddActivityListener(activities);

        await using (var server = await EchoServer.StartAsync())
        {
            await using var channel = server.Connect();
            await Assert.ThrowsAsync<RpcException>(() => new Echo.EchoClient(channel).UnaryAsync(new EchoRequest { Status = (int)StatusCode.DataLoss }).ResponseAsync.Within("the call"));
        }

        // The server was stopped, so its side of the call is over, too.
        Assert.Contains(("iarnet.rpc.client.duration", "Unary", (int)StatusCode.DataLoss), measured);
        Assert.Contains(("iarnet.rpc.server.duration", "Unary", (int)StatusCode.DataLoss), measured);
        Assert.Contains(ActivityKind.Client, traced);
        Assert.Contains(ActivityKind.Server, traced);
    }
}
