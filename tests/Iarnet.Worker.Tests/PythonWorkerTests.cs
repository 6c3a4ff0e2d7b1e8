using Iarnet.Actors;
using Iarnet.Functions;
using Iarnet.Resources;
using Iarnet.Worker.Tests.Harness;
using static Iarnet.Worker.Tests.Harness.TestNode;

namespace Iarnet.Worker.Tests;

/// <summary>The engine's end against the Python worker: one wire, two languages. Needs Debian's python3-zmq, -grpcio, -protobuf and -cloudpickle.</summary>
public sealed class PythonWorkerTests : IAsyncLifetime
{
    private const string Source = """
        import os

        SCALE = 3

        def scaled(x):
            return SCALE * x

        def shout(text, mark):
            return text.upper() + mark

        def total(parts):
            return sum(parts)

        def fail(text):
            raise ValueError(text)

        def reverse(data):
            return bytes(reversed(data))

        def leave(code):
            os._exit(code)
        """;

    private TestNode _node = null!;
    private IActor _actor = null!;

    public async Task InitializeAsync()
    {
        _node = await StartAsync(options => options.PythonInterpreter = "/usr/bin/python3");
        await File.WriteAllTextAsync(_node.Named("functions.py"), Source);
        _node.Host.StartGroup(new ActorGroupSpec("python", FunctionLanguages.Python, ResourceRequest.None, 1, 1, 1), _node.Observer);
        _actor = await _node.Observer.NextActorAsync();
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Functions_of_a_file_run_with_what_they_close_over()
    {
        Assert.Equal(21, await _node.CallAsync<int>(_actor, Python("scaled"), Value(7)));
        Assert.Equal("HEY!", await _node.CallAsync<string>(_actor, Python("shout"), Value("hey"), Value("!")));
        Assert.Equal(6, await _node.CallAsync<int>(_actor, Python("total") with { IsVariadic = true }, Value(1), Value(2), Value(3)));
    }

    [Fact]
    public async Task What_a_function_raises_arrives_with_its_traceback()
    {
        var outcome = await Post(_actor, Python("fail"), Value("bad")).Ended.Within("the outcome");

        Assert.Equal((ActorOutcomeKind.Failed, "ValueError", "bad"), (outcome.Kind, outcome.Error?.Type, outcome.Error?.Message));
        Assert.Contains("fail", outcome.Error!.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Large_values_go_through_shared_memory()
    {
        var bytes = new byte[16 << 20];
        new SeededRandom(3).NextBytes(bytes);

        var reversed = await _node.CallAsync<byte[]>(_actor, Python("reverse"), Value(bytes));

        Array.Reverse(reversed);
        Assert.True(bytes.AsSpan().SequenceEqual(reversed));
    }

    [Fact]
    public async Task A_missing_requirement_and_a_missing_function_fail_their_calls_alone()
    {
        var missing = Python("scaled") with { Id = "python:needy", Code = new PythonFileCode(_node.Named("functions.py"), "scaled", ["no_such_module_anywhere"]) };

        var needy = await Post(_actor, missing, Value(1)).Ended.Within("the outcome");
        var nowhere = await Post(_actor, Python("nowhere"), Value(1)).Ended.Within("the outcome");

        Assert.Equal(ActorOutcomeKind.Failed, needy.Kind);
        Assert.Contains("no_such_module_anywhere", needy.Error!.Message, StringComparison.Ordinal);
        Assert.IsType<FunctionNotSupportedException>(nowhere.Exception);
        Assert.Equal(3, await _node.CallAsync<int>(_actor, Python("scaled"), Value(1)));
    }

    [Fact]
    public async Task A_worker_that_dies_is_replaced_and_its_call_is_lost()
    {
        var outcome = await Post(_actor, Python("leave"), Value(9)).Ended.Within("the outcome");

        Assert.Equal(ActorOutcomeKind.Lost, outcome.Kind);
        Assert.Equal(6, await _node.CallAsync<int>(await _node.Observer.NextActorAsync(), Python("scaled"), Value(2)));
    }

    private FunctionDefinition Python(string name) => new(
        name, FunctionLanguages.Python, [], new PythonFileCode(_node.Named("functions.py"), name, []), FunctionOptions.Default);
}
