namespace Iarnet.Dag.Tests;

public sealed class EventTests : EngineTest
{
    public EventTests()
        : base(new DagEngine())
    {
    }

    [Fact]
    public async Task Each_call_goes_through_its_states_in_order()
    {
        var session = Engine.OpenSession("test");
        var events = session.Events();
        var first = session.Call(Maths.Square, 2);
        var second = session.Call(Maths.Next, first);
        var failed = session.Call(Maths.Throw, second);
        await Assert.ThrowsAsync<FunctionFailedException>(() => failed.Within());
        await session.DisposeAsync().Within();

        var all = await ToList(events).Within();
        Assert.Equal(Enumerable.Range(0, all.Count).Select(i => (long)i), all.Select(change => change.Sequence));
        Assert.Equal([CallState.Ready, CallState.Running, CallState.Done], StatesOf("Maths.Square"));
        Assert.Equal([CallState.Ready, CallState.Running, CallState.Done], StatesOf("Maths.Next"));
        Assert.Equal([CallState.Ready, CallState.Running, CallState.Failed], StatesOf("Maths.Throw"));
        Assert.True(all.FindIndex(e => e.Function == "Maths.Square" && e.State == CallState.Done) < all.FindIndex(e => e.Function == "Maths.Next" && e.State == CallState.Ready));
        var last = all[^1];
        Assert.IsType<FunctionFailedException>(last.Error);
        Assert.Equal("in-process/dotnet", last.Actor);

        IEnumerable<CallState> StatesOf(string function) => all.Where(e => e.Function == function && e.State != CallState.Pending).Select(e => e.State);
    }

    [Fact]
    public async Task Events_that_a_reader_has_no_room_for_are_reported_as_a_gap()
    {
        var session = Engine.OpenSession("test", o => o.EventBuffer = 10);
        var events = session.Events();
        for (var i = 0; i < 1000; i++)
        {
            _ = session.Call(Maths.Square, i);
        }

        await session.DisposeAsync().Within();
        var all = await ToList(events).Within();
        Assert.Equal(11, all.Count);
        Assert.True(all.Take(10).All(change => change.Missed == 0));
        Assert.InRange(all[10].Missed, 1000 - 10, (4 * 1000) - 10);
        Assert.Equal(10, all[10].Sequence);
    }

    [Fact]
    public async Task A_subscription_to_an_ended_session_ends()
    {
        var session = Engine.OpenSession("test");
        await session.DisposeAsync().Within();
        Assert.Empty(await ToList(session.Events()).Within());
    }

    [Fact]
    public async Task Progress_ends_when_no_call_is_left()
    {
        await using var session = Engine.OpenSession("test", o => o.ProgressInterval = TimeSpan.FromMilliseconds(5));
        var gate = new TaskCompletionSource<int>();
        var root = session.Call(Gates.Wait, Gates.Add(gate));
        var fan = Enumerable.Range(0, 100).Select(i => session.Call(Maths.Add, root, i)).ToList();
        var reports = new List<DagProgress>();
        await Collect().Within("the progress to end");

        async Task Collect()
        {
            await foreach (var report in session.Progress())
            {
                reports.Add(report);
                if (report.Statistics is { Running: 1, Pending: 100 })
                {
                    gate.TrySetResult(1);
                }
            }
        }

        Assert.Contains(reports, report => report.Statistics is { Running: 1, Pending: 100 });
        Assert.True(reports[^1].IsLast);
        Assert.Equal(101, reports[^1].Statistics.Done);
        Assert.Contains(reports, report => report.CallsPerSecond > 0);
        Assert.Equal(["Gates.Wait", "Maths.Add"], reports[^1].Statistics.Functions.Select(function => function.Function));
        Assert.Equal(101, reports[^1].Statistics.Actors.Single().Done);
        Assert.Equal(100, fan.Count);
    }

    [Fact]
    public async Task Statistics_count_by_function_and_state()
    {
        await using var session = Engine.OpenSession("test");
        var bad = session.Call(Maths.Throw, 1);
        _ = session.Call(Maths.Next, bad);
        _ = session.Call(Maths.Next, 1);
        await session.WhenIdleAsync().Within();
        var counts = session.GetStatistics();
        Assert.Equal((1, 2, 0, 3), (counts.Done, counts.Failed, counts.Canceled, counts.Total));
        var next = counts.Functions.Single(function => function.Function == "Maths.Next");
        Assert.Equal((1, 1), (next.Done, next.Failed));
    }

    private static async Task<List<DagEvent>> ToList(IAsyncEnumerable<DagEvent> events)
    {
        var all = new List<DagEvent>();
        await foreach (var change in events)
        {
            all.Add(change);
        }

        return all;
    }
}
