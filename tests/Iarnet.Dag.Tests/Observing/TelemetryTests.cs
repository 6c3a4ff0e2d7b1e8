using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Iarnet.Diagnostics;

namespace Iarnet.Dag.Tests;

public sealed class TelemetryTests : EngineTest
{
    public TelemetryTests()
        : base(new DagEngine())
    {
    }

    [Fact]
    public async Task Ended_calls_are_counted_and_timed_by_outcome()
    {
        var measured = new ConcurrentBag<(string Name, string? Outcome)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == TelemetryNames.Dag)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => measured.Add((instrument.Name, tags[0].Value?.ToString())));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => measured.Add((instrument.Name, tags[0].Value?.ToString())));
        listener.Start();

        await using var session = Engine.OpenSession("test");
        _ = session.Call(Maths.Throw, session.Call(Maths.Square, 1));
        await session.WhenIdleAsync().Within();

        // Other tests in this process may be counted too.
        Assert.Contains(("iarnet.dag.calls", "done"), measured);
        Assert.Contains(("iarnet.dag.calls", "failed"), measured);
        Assert.Contains(("iarnet.dag.call.duration", "done"), measured);
    }
}
