using Iarnet.Hosting.Tests.Harness;
using Iarnet.Store;
using Microsoft.Extensions.DependencyInjection;

namespace Iarnet.Hosting.Tests.Processes;

/// <summary>.NET and Python in one graph. Needs Debian's python3-zmq, -grpcio, -protobuf, -cloudpickle and -numpy.</summary>
public sealed class PythonTests : IAsyncLifetime
{
    private const string Source = """
        import numpy as np

        from iarnet_worker import PlainArray, current_call

        SCALE = 3

        def scaled(x):
            return SCALE * x

        def lengths(counts):
            return {word: len(word) * count for word, count in counts.items()}

        def reverse(data):
            return bytes(reversed(data))

        def joined(text, number):
            return f"{text} {number}"

        def who(x):
            return [str(current_call().id), str(current_call().cancelled)]

        def fail(text):
            raise ValueError(text)

        def needy(x):
            return x

        def table(size):
            return {"table": np.arange(size, dtype=np.float64).reshape(-1, 100), "unit": "m"}

        def flat(value):
            # What lies in shared memory cannot be written.
            assert not value["table"].flags.writeable and not value["table"].flags.owndata
            return PlainArray(value["table"].ravel())

        def halves(numbers: np.ndarray):
            assert not numbers.flags.writeable and not numbers.flags.owndata and numbers.dtype == np.float64
            return PlainArray(numbers / 2)
        """;

    private TestHost _host = null!;
    private DagSession _session = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync((node, folders) =>
        {
            var file = folders.Named("functions.py");
            File.WriteAllText(file, Source);
            File.WriteAllText(folders.Named("broken.py"), "def broken(x):\n    return (x\n");
            node.AddPythonFunction<int, int>("scaled", file)
                .AddPythonFunction<Dictionary<string, long>, Dictionary<string, long>>("lengths", file)
                .AddPythonFunction<byte[], byte[]>("reverse", file)
                .AddPythonFunction<string, int, string>("joined", file)
                .AddPythonFunction<int, string[]>("who", file)
                .AddPythonFunction<string, int>("fail", file)
                .AddPythonFunction<int, int>("needy", file, f => f.Requires("no_such_package>=1.0"))
                .AddPythonFunction<int, PickledObject>("table", file)
                .AddPythonFunction<PickledObject, double[]>("flat", file)
                .AddPythonFunction<double[], double[]>("halves", file)
                .AddPythonFunction<int, int>("absent", file)
                .AddPythonFunction<int, int>("broken", folders.Named("broken.py"))
                .AddPythonFunction<int, int>("nowhere", folders.Named("nowhere.py"));
        });
        _session = _host.OpenSession();
    }

    public async Task DisposeAsync()
    {
        await _session.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_graph_goes_from_one_language_to_the_other_and_back()
    {
        var counts = _session.Call(Work.Count, "one three one");
        var lengths = _session.Call(_host.Host.Function<Dictionary<string, long>, Dictionary<string, long>>("lengths"), counts);
        var scaled = _session.Call(_host.Host.Function<int, int>("scaled"), _session.Call(Work.Square, 4));
        var joined = _session.Call(_host.Host.Function<string, int, string>("joined"), "is", _session.Call(Work.Square, scaled));

        Assert.Equal((6, 5), ((await lengths.Within("lengths"))["one"], (await lengths.Within("lengths"))["three"]));
        Assert.Equal("is 2304", await joined.Within("text of both"));
        Assert.Equal(["dotnet", "python"], _host.Node.Components.Select(component => component.Language).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Bytes_that_C_sharp_made_are_turned_around_by_Python()
    {
        const int size = 5_000_000;
        var made = _session.Call(Work.Make, size);

        var reversed = await _session.Call(_host.Host.Function<byte[], byte[]>("reverse"), made).Within("reversed bytes");

        Array.Reverse(reversed);
        Assert.True(Work.Make(size).AsSpan().SequenceEqual(reversed));
    }

    [Fact]
    public async Task Large_arrays_go_between_functions_of_NumPy_and_to_C_sharp_in_place()
    {
        const int size = 200_000;
        var table = _session.Call(_host.Host.Function<int, PickledObject>("table"), size);
        var flat = _session.Call(_host.Host.Function<PickledObject, double[]>("flat"), table);
        var halves = _session.Call(_host.Host.Function<double[], double[]>("halves"), flat);

        Assert.Equal(Enumerable.Range(0, size).Select(n => n * 0.5), await halves.Within("the halves"));
        Assert.Equal("pickle5", (await table.Within("the table")).Codec);
    }

    [Fact]
    public async Task A_function_may_ask_about_the_call_that_it_serves()
    {
        var told = await _session.Call(_host.Host.Function<int, string[]>("who"), 1).Within("the call");

        Assert.NotEmpty(told[0]);
        Assert.Equal("False", told[1]);
    }

    [Fact]
    public async Task What_a_function_raises_reaches_those_who_depend_on_it()
    {
        var dependant = _session.Call(Work.Square, _session.Call(_host.Host.Function<string, int>("fail"), "not good"));

        var failure = Assert.IsType<FunctionFailedException>(await dependant.Failure("the failure"));

        Assert.Equal(("fail", "ValueError", "not good"), (failure.Function, failure.Error.Type, failure.Error.Message));
        Assert.Contains("in fail", failure.Error.StackTrace, StringComparison.Ordinal);
        Assert.Equal(["Work.Square"], failure.Path);
    }

    [Theory]
    [InlineData("needy", "no_such_package")]
    [InlineData("absent", "'absent'")]
    [InlineData("broken", "was never closed")]
    [InlineData("nowhere", "nowhere.py")]
    public async Task What_cannot_be_loaded_fails_its_calls_with_the_reason_and_no_others(string function, string reason)
    {
        var failure = await _session.Call(_host.Host.Function<int, int>(function), 1).Failure("the failure");

        Assert.IsType<IarnetException>(failure, exactMatch: false);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.Contains(function, failure.Message, StringComparison.Ordinal);
        Assert.Equal(15, await _session.Call(_host.Host.Function<int, int>("scaled"), 5).Within("another function"));
    }

    [Fact]
    public void A_function_that_nobody_added_is_refused_with_those_that_there_are()
    {
        var refusal = Assert.Throws<FunctionNotSupportedException>(() => _host.Host.Function<int, int>("unknown"));

        Assert.Contains("'unknown'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("scaled", refusal.Message, StringComparison.Ordinal);
    }
}
