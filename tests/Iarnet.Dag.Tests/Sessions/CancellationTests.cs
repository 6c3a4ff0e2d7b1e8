namespace Iarnet.Dag.Tests;

public sealed class CancellationTests : EngineTest
{
    private readonly ManualTime _time;

    public CancellationTests()
        : this(new ManualTime())
    {
    }

    private CancellationTests(ManualTime time)
        : base(new DagEngine(time: time)) => _time = time;

    [Fact]
    public async Task Cancelling_a_session_ends_its_calls_and_tells_their_functions()
    {
        var session = Engine.OpenSession("test");
        var running = session.Call(Maths.WaitForCancellation, 1);
        var waiting = session.Call(Maths.Next, running);
        await session.CancelAsync().Within();

        await Assert.ThrowsAsync<CallCanceledException>(() => running.Within());
        var error = await Assert.ThrowsAsync<CallCanceledException>(() => waiting.Within());
        Assert.Contains("'test' was cancelled", error.Message, StringComparison.Ordinal);
        Assert.Equal(CallState.Canceled, waiting.State);

        // Ends only when the function has noticed: the clock stands, so nothing else can end the wait.
        await session.DisposeAsync().Within();
        Assert.Throws<CallCanceledException>(() => session.Call(Maths.One));
        Assert.Throws<CallCanceledException>(() => session.Put(1));
    }

    [Fact]
    public async Task Disposing_returns_although_a_function_never_ends()
    {
        var session = Engine.OpenSession("test", o => o.CloseTimeout = TimeSpan.FromSeconds(3));
        var gate = new TaskCompletionSource<int>();
        var entered = new TaskCompletionSource<int>();
        var running = session.Call(Gates.Enter, Gates.Add(entered), Gates.Add(gate));
        await entered.Task.Within("the function to be entered");

        var closing = session.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<CallCanceledException>(() => running.Within());
        Assert.False(closing.IsCompleted);
        await _time.AdvanceUntil(closing, TimeSpan.FromSeconds(3));
        await closing.Within("the session to close");
        gate.SetResult(1);
    }

    [Fact]
    public async Task A_result_that_was_there_survives_cancelling()
    {
        var session = Engine.OpenSession("test");
        var done = session.Call(Maths.Square, 4);
        await session.WhenIdleAsync().Within();
        await session.CancelAsync().Within();
        Assert.Equal(16, await done.Within());
    }

    [Fact]
    public async Task A_session_ends_at_its_timeout()
    {
        var session = Engine.OpenSession("test", o => o.Timeout = TimeSpan.FromMinutes(5));
        var call = session.Call(Maths.WaitForCancellation, 1);
        _time.Advance(TimeSpan.FromMinutes(5));
        var error = await Assert.ThrowsAsync<CallTimeoutException>(() => call.Within());
        Assert.Contains("00:05:00", error.Message, StringComparison.Ordinal);
        Assert.Throws<CallCanceledException>(() => session.Call(Maths.One));
    }

    [Fact]
    public async Task A_call_ends_at_its_timeout_and_its_function_is_told()
    {
        Engine.AddFunction(Maths.WaitForCancellation, f => f.Timeout(TimeSpan.FromSeconds(10)));
        var session = Engine.OpenSession("test");
        var call = session.Call(Maths.WaitForCancellation, 1);
        var dependant = session.Call(Maths.Next, call);
        using var events = new EventLog(session);
        await events.Reaches(call, CallState.Running);
        _time.Advance(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<CallTimeoutException>(() => call.Within());
        var error = await Assert.ThrowsAsync<CallTimeoutException>(() => dependant.Within());
        Assert.Contains("needed by Maths.Next", error.Message, StringComparison.Ordinal);
        await session.DisposeAsync().Within();
    }

    [Fact]
    public async Task A_call_with_a_timeout_that_ends_in_time_is_not_touched()
    {
        Engine.AddFunction(Maths.Square, f => f.Timeout(TimeSpan.FromSeconds(10)));
        var session = Engine.OpenSession("test");
        var calls = Enumerable.Range(0, 3000).Select(i => session.Call(Maths.Square, i)).ToList();
        await session.WhenIdleAsync().Within();
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(4, await calls[2].Within());
        Assert.Equal(3000, session.GetStatistics().Done);
    }

    [Fact]
    public async Task Giving_up_waiting_does_not_cancel_the_call()
    {
        var session = Engine.OpenSession("test");
        var gate = new TaskCompletionSource<int>();
        var call = session.Call(Gates.Wait, Gates.Add(gate));
        using var patience = new CancellationTokenSource();
        var waiting = call.GetAsync(patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Within());
        gate.SetResult(5);
        Assert.Equal(5, await call.Within());
    }

    [Fact]
    public async Task A_disposed_engine_opens_no_session_and_ends_those_it_has()
    {
        var engine = new DagEngine();
        var call = engine.OpenSession("test").Call(Maths.WaitForCancellation, 1);
        await engine.DisposeAsync().Within();
        await Assert.ThrowsAsync<CallCanceledException>(() => call.Within());
        Assert.Throws<ObjectDisposedException>(() => engine.OpenSession("late"));
    }
}
