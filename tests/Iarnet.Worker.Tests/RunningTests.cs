using Iarnet.Actors;
using Iarnet.Functions;
using Iarnet.Worker.Tests.Harness;
using static Iarnet.Worker.Tests.Harness.TestNode;

namespace Iarnet.Worker.Tests;

/// <summary>Functions of this assembly in a worker process that has never seen it.</summary>
public sealed class RunningTests : IAsyncLifetime
{
    private TestNode _node = null!;
    private IActor _actor = null!;

    public async Task InitializeAsync()
    {
        _node = await StartAsync();
        _actor = await _node.StartActorAsync();
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_static_method_runs_in_another_process_from_code_fetched_by_hash()
    {
        Assert.Equal(144, await _node.CallAsync<int>(_actor, Define(TestFunctions.Square), Value(12)));

        var parts = (await _node.CallAsync<string>(_actor, Define(TestFunctions.WhereAmI))).Split(' ');
        Assert.NotEqual(Environment.ProcessId.ToString(), parts[0]);
        Assert.Equal("/", parts[1]);
        Assert.StartsWith(_node.Cache, parts[2], StringComparison.Ordinal);
        var own = typeof(TestFunctions).Assembly.Location;
        Assert.Equal(await File.ReadAllBytesAsync(own), await File.ReadAllBytesAsync(parts[2]));
    }

    [Fact]
    public async Task Overloads_are_told_apart()
    {
        Assert.Equal("int 1", await _node.CallAsync<string>(_actor, Define((Func<int, string>)TestFunctions.Describe), Value(1)));
        Assert.Equal("string a", await _node.CallAsync<string>(_actor, Define((Func<string, string>)TestFunctions.Describe), Value("a")));
        Assert.Equal("point 2,3", await _node.CallAsync<string>(_actor, Define((Func<TestFunctions.Point, string>)TestFunctions.Describe), Value(new TestFunctions.Point(2, 3))));
        Assert.Equal("points 1", await _node.CallAsync<string>(_actor, Define((Func<List<TestFunctions.Point>, string>)TestFunctions.Describe), Value(new List<TestFunctions.Point> { new(1, 1) })));
    }

    [Fact]
    public async Task Methods_of_every_shape_run()
    {
        Assert.Equal(new TestFunctions.Point(3, 5), await _node.CallAsync<TestFunctions.Point>(_actor, Define(TestFunctions.Move), Value(new TestFunctions.Point(1, 2)), Value(2), Value(3)));
        Assert.Equal("1 b 2.5 True Point { X = 1, Y = 2 } 9", await _node.CallAsync<string>(_actor, Define(TestFunctions.Six), Value(1), Value("b"), Value(2.5), Value(true), Value(new TestFunctions.Point(1, 2)), Value(9L)));
        Assert.Equal(8, await _node.CallAsync<int>(_actor, Define(TestFunctions.LaterAsync), Value(7)));
        Assert.Equal("x!", await _node.CallAsync<string>(_actor, Define(TestFunctions.ValueLaterAsync), Value("x")));
        Assert.Null(await _node.CallAsync<object?>(_actor, Define(TestFunctions.NothingLaterAsync)));
        Assert.Null(await _node.CallAsync<object?>(_actor, Define(TestFunctions.Nothing)));
        Assert.Equal(42, await _node.CallAsync<int>(_actor, Define(static (int x) => 2 * x), Value(21)));
    }

    [Fact]
    public async Task A_variadic_function_gets_each_argument_as_an_element()
    {
        var sum = Define(TestFunctions.Sum, variadic: true);

        Assert.Equal(6, await _node.CallAsync<int>(_actor, sum, Value(1), Value(2), Value(3)));
        Assert.Equal(0, await _node.CallAsync<int>(_actor, sum));
    }

    [Fact]
    public async Task Static_state_lives_as_long_as_the_component()
    {
        var count = Define(TestFunctions.Count);

        Assert.Equal(1, await _node.CallAsync<int>(_actor, count));
        Assert.Equal(2, await _node.CallAsync<int>(_actor, count));
    }

    [Fact]
    public async Task What_a_function_throws_arrives_with_type_text_stack_and_cause()
    {
        foreach (var function in new[] { Define(TestFunctions.Throw), Define(TestFunctions.ThrowLaterAsync) })
        {
            var outcome = await Post(_actor, function, Value("bad text")).Ended.Within("the outcome");

            Assert.Equal(ActorOutcomeKind.Failed, outcome.Kind);
            Assert.Equal(("System.FormatException", "bad text"), (outcome.Error!.Type, outcome.Error.Message));
            Assert.Contains($"{nameof(TestFunctions)}.{((DotNetMethodCode)function.Code).Method.Name}", outcome.Error.StackTrace, StringComparison.Ordinal);
        }

        var thrown = await Post(_actor, Define(TestFunctions.Throw), Value("x")).Ended.Within("the outcome");
        Assert.Contains("System.InvalidOperationException: the cause", thrown.Error!.StackTrace, StringComparison.Ordinal);
        Assert.Equal(9, await _node.CallAsync<int>(_actor, Define(TestFunctions.Square), Value(3)));
    }

    [Fact]
    public async Task A_result_that_cannot_be_encoded_is_the_calls_error()
    {
        var outcome = await Post(_actor, Define(TestFunctions.Unencodable)).Ended.Within("the outcome");

        Assert.Equal(ActorOutcomeKind.Failed, outcome.Kind);
        Assert.Equal("Iarnet.CodecException", outcome.Error!.Type);
    }

    [Fact]
    public async Task An_argument_that_cannot_be_encoded_fails_its_call_alone()
    {
        var square = Define(TestFunctions.Square);
        var bad = new TestCall(square, [Value<object>(new Func<int>(() => 1))]);
        var good = new TestCall(square, [Value(5)]);
        _actor.Post([bad, good]);

        var outcome = await bad.Ended.Within("the outcome of the bad call");
        Assert.Equal(ActorOutcomeKind.Failed, outcome.Kind);
        Assert.IsType<CodecException>(outcome.Exception);
        Assert.Equal(ActorOutcomeKind.Completed, (await good.Ended.Within("the outcome of the good call")).Kind);
    }

    [Fact]
    public async Task An_argument_of_another_type_and_a_wrong_number_of_them_are_errors_of_the_call()
    {
        var text = await Post(_actor, Define(TestFunctions.Square), Value("twelve")).Ended.Within("the outcome");
        var none = await Post(_actor, Define(TestFunctions.Square)).Ended.Within("the outcome");

        Assert.Equal("Iarnet.CodecException", text.Error!.Type);
        Assert.Contains("takes 1 arguments", none.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Large_arguments_and_results_go_through_the_store_and_outlive_nothing()
    {
        var bytes = new byte[16 << 20];
        new SeededRandom(7).NextBytes(bytes);

        var outcome = await Post(_actor, Define(TestFunctions.Reverse), Value(bytes)).Ended.Within("the outcome");

        Assert.True(outcome.Kind == ActorOutcomeKind.Completed, $"{outcome.Error}");
        Assert.True(outcome.Value.IsReference);
        Assert.True(_node.Store.Stat(outcome.Value.Reference)!.IsShared);
        var reversed = await _node.Space.DecodeAsync<byte[]>(outcome.Value);
        Array.Reverse(reversed);
        Assert.True(bytes.AsSpan().SequenceEqual(reversed));
        Assert.Equal(bytes.Sum(b => (long)b), await _node.CallAsync<long>(_actor, Define(TestFunctions.SumOf), Value<ReadOnlyMemory<byte>>(bytes)));
        _node.Space.Release(outcome.Value.Reference);
        Assert.False(_node.Store.Contains(outcome.Value.Reference));
    }

    [Fact]
    public async Task What_a_function_prints_is_the_components_log_and_it_cannot_read_the_lifeline()
    {
        Assert.Equal("", await _node.CallAsync<string>(_actor, Define(TestFunctions.Print), Value("hello from the worker")));

        var component = _node.Launcher.Started[_actor.Id];
        await Signal.Until(() => component.Log.Contains("hello from the worker", StringComparison.Ordinal), "the line in the log");
    }

    [Fact]
    public async Task Thousands_of_calls_in_one_batch_all_end_once()
    {
        var square = Define(TestFunctions.Square);
        var calls = Enumerable.Range(0, 20_000).Select(i => new TestCall(square, [Value(i % 1000)])).ToArray();
        _actor.Post(calls);

        var outcomes = await Task.WhenAll(calls.Select(call => call.Ended)).Within("20,000 calls");

        Assert.All(outcomes, outcome => Assert.Equal(ActorOutcomeKind.Completed, outcome.Kind));
        Assert.All(calls, call => Assert.Equal(1, call.Ends));
        Assert.True(_actor.ComputeLatency > TimeSpan.Zero);
        Assert.True(_actor.Window > 2);
    }
}
