namespace Iarnet.Dag.Tests;

public sealed class FailureTests : EngineTest
{
    private readonly DagSession _session;

    public FailureTests()
        : base(new DagEngine()) => _session = Engine.OpenSession("test");

    [Fact]
    public async Task A_function_that_throws_gives_its_text_type_stack_and_call()
    {
        var call = _session.Call(Maths.Throw, 7);
        var error = await Assert.ThrowsAsync<FunctionFailedException>(() => call.Within());
        Assert.Equal("Maths.Throw", error.Function);
        Assert.Equal("no 7 today", error.Error.Message);
        Assert.Equal("System.InvalidOperationException", error.Error.Type);
        Assert.Contains(nameof(Maths.Throw), error.Error.StackTrace, StringComparison.Ordinal);
        Assert.Empty(error.Path);
        Assert.IsType<InvalidOperationException>(error.InnerException);
        Assert.Equal(CallState.Failed, call.State);
    }

    [Fact]
    public async Task Every_dependant_has_the_first_cause_and_its_own_path()
    {
        var first = _session.Call(Maths.Throw, 1);
        var second = _session.Call(Maths.Next, first);
        var third = _session.Call(Maths.Add, second, 5);
        var beside = _session.Call(Maths.Square, 3);

        var error = await Assert.ThrowsAsync<FunctionFailedException>(() => third.Within());
        Assert.Equal("Maths.Throw", error.Function);
        Assert.Equal(["Maths.Next", "Maths.Add"], error.Path);
        Assert.Contains("no 1 today", error.Message, StringComparison.Ordinal);
        Assert.Equal(["Maths.Next"], (await Assert.ThrowsAsync<FunctionFailedException>(() => second.Within())).Path);
        Assert.Equal(9, await beside.Within());
    }

    [Fact]
    public async Task A_call_made_after_its_input_failed_fails_too()
    {
        var first = _session.Call(Maths.ThrowLater, 1);
        await Assert.ThrowsAsync<FunctionFailedException>(() => first.Within());
        var error = await Assert.ThrowsAsync<FunctionFailedException>(() => _session.Call(Maths.Next, first).Within());
        Assert.Equal("Maths.ThrowLater", error.Function);
        Assert.Equal(["Maths.Next"], error.Path);
    }

    [Fact]
    public async Task A_call_with_two_failing_inputs_fails_once()
    {
        var both = _session.Call(Maths.Add, _session.Call(Maths.Throw, 1), _session.Call(Maths.Throw, 2));
        await Assert.ThrowsAsync<FunctionFailedException>(() => both.Within());
        await _session.WhenIdleAsync().Within();
        var counts = _session.GetStatistics();
        Assert.Equal((0, 3, 3), (counts.Done, counts.Failed, counts.Total));
    }

    [Fact]
    public async Task Each_observer_gets_an_exception_of_its_own()
    {
        var call = _session.Call(Maths.Throw, 7);
        var one = await Assert.ThrowsAsync<FunctionFailedException>(() => call.Within());
        var other = await Assert.ThrowsAsync<FunctionFailedException>(() => call.Within());
        Assert.NotSame(one, other);
    }

    [Fact]
    public async Task A_function_that_throws_is_not_run_again()
    {
        Engine.AddFunction(Counting.Throw, f => f.Retry(5));
        await Assert.ThrowsAsync<FunctionFailedException>(() => _session.Call(Counting.Throw, 1).Within());
        Assert.Equal(1, Counting.Runs);
    }

    private static class Counting
    {
        private static int _runs;

        public static int Runs => Volatile.Read(ref _runs);

        public static int Throw(int x)
        {
            Interlocked.Increment(ref _runs);
            throw new InvalidOperationException($"{x}");
        }
    }
}
