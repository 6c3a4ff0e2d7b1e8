namespace Iarnet.Dag.Tests;

public sealed class CallTests : EngineTest
{
    private readonly DagSession _session;

    public CallTests()
        : base(new DagEngine()) => _session = Engine.OpenSession("test");

    [Fact]
    public async Task A_program_of_three_calls_gives_its_result()
    {
        var a = _session.Call(Maths.Square, 12);
        var b = _session.Call(Maths.Square, 5);
        Assert.Equal(169, await _session.Call(Maths.Add, a, b).Within());
    }

    [Fact]
    public async Task Arguments_mix_values_and_results_in_every_position()
    {
        var one = _session.Call(Maths.One);
        Assert.Equal(2, await _session.Call(Maths.Add, one, one).Within());
        Assert.Equal(3, await _session.Call(Maths.Add, one, 2).Within());
        Assert.Equal(3, await _session.Call(Maths.Add, 2, one).Within());
        Assert.Equal(7, await _session.Call(Maths.Add, 3, 4).Within());
        Assert.Equal(1 + 10 + 3, await _session.Call(Maths.Add3, one, 10L, "abc").Within());
        Assert.Equal(1 + 10 + 3, await _session.Call(Maths.Add3, 1, _session.Put(10L), _session.Put("abc")).Within());
        Assert.Equal(4, await _session.Call(Maths.Add4, one, one, one, one).Within());
    }

    [Fact]
    public async Task Asynchronous_functions_give_what_their_task_gives()
    {
        DataRef<int> later = _session.Call(Maths.SquareLater, 9);
        Assert.Equal(81, await later.Within());
        Assert.Equal(82, await _session.Call(Maths.Next, later).Within());
    }

    [Fact]
    public async Task A_lambda_without_captures_runs()
    {
        Assert.Equal(42, await _session.Call(static x => x * 2, 21).Within());
    }

    [Fact]
    public async Task A_put_value_is_done_at_once()
    {
        var value = _session.Put("hello");
        Assert.Equal(CallState.Done, value.State);
        Assert.Equal("hello", await value.Within());
    }

    [Fact]
    public async Task Diamonds_and_fans_give_the_same_as_direct_evaluation()
    {
        var top = _session.Call(Maths.Square, 3);
        var left = _session.Call(Maths.Next, top);
        var right = _session.Call(Maths.Square, top);
        var bottom = _session.Call(Maths.Add, left, right);
        var fan = Enumerable.Range(0, 100).Select(i => _session.Call(Maths.Add, bottom, i)).ToList();
        Assert.Equal(Enumerable.Range(0, 100).Sum(i => 91 + i), await _session.CallAll(Maths.Sum, fan).Within());
    }

    [Fact]
    public async Task Calls_added_while_others_run_use_their_results()
    {
        var results = new List<int>();
        var at = _session.Call(Maths.Next, 0);
        for (var i = 0; i < 200; i++)
        {
            if (i % 3 == 0)
            {
                results.Add(await at.Within());
            }

            at = _session.Call(Maths.Next, at);
        }

        Assert.Equal(201, await at.Within());
        Assert.Equal(Enumerable.Range(0, 67).Select(i => (i * 3) + 1), results);
    }

    [Fact]
    public async Task Many_threads_add_calls_to_one_session()
    {
        var sums = await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var parts = Enumerable.Range(0, 500).Select(i => _session.Call(Maths.Add, worker, i)).ToList();
            return await _session.Reduce(parts, Maths.Add);
        }))).Within();
        Assert.Equal(Enumerable.Range(0, 8).Select(worker => (500 * worker) + (499 * 500 / 2)), sums);
    }

    [Fact]
    public async Task A_chain_of_a_million_calls_does_not_exhaust_the_stack()
    {
        var at = _session.Put(0);
        for (var i = 0; i < 1_000_000; i++)
        {
            at = _session.Call(Maths.Next, at);
        }

        Assert.Equal(1_000_000, await at.Within());
    }

    [Fact]
    public async Task A_failure_runs_down_a_chain_of_a_million_calls()
    {
        var at = _session.Call(Maths.Throw, 0);
        for (var i = 0; i < 1_000_000; i++)
        {
            at = _session.Call(Maths.Next, at);
        }

        var error = await Assert.ThrowsAsync<FunctionFailedException>(() => at.Within());
        Assert.Equal("Maths.Throw", error.Function);
        Assert.Contains("(999936 more)", error.Path);
    }

    [Fact]
    public async Task A_million_calls_hang_on_one()
    {
        var gate = new TaskCompletionSource<int>();
        var root = _session.Call(Gates.Wait, Gates.Add(gate));
        var fan = new DataRef<int>[1_000_000];
        for (var i = 0; i < fan.Length; i++)
        {
            fan[i] = _session.Call(Maths.Next, root);
        }

        gate.SetResult(1);
        Assert.Equal(2_000_000, await _session.CallAll(Maths.Sum, fan).Within());
    }
}
