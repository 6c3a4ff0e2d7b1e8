using Google.Protobuf;
using Iarnet.Actors;
using Iarnet.Components.Wire;
using Iarnet.Objects;

namespace Iarnet.Components.Tests.Actors;

public sealed class BusActorTests : IAsyncLifetime
{
    private TestHost _host = null!;
    private IActor _actor = null!;
    private FakeComponent _component = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        (_actor, _component) = await _host.StartActorAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_function_is_loaded_once_before_its_calls_and_without_waiting_for_the_answer()
    {
        var calls = Enumerable.Range(0, 5000).Select(i => new TestCall(TestHost.Square, [new TestValue<int>(i)])).ToArray();
        _actor.Post(calls);

        var commands = await _component.CallsAsync(calls.Length);

        var load = Assert.Single(commands.SelectMany(read => read.Command.Load));
        Assert.Same(commands[0].Command.Load[0], load);
        Assert.Equal("Square", load.Name);
        Assert.Contains(load.Dotnet.Files, file => file.Name == "Iarnet.Components.Tests.dll");
        var invokes = commands.SelectMany(read => read.Command.Invoke).ToArray();
        Assert.Equal(Enumerable.Range(0, 5000).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)), invokes.Select(call => call.Arguments[0].Inline.ToStringUtf8()));
        Assert.Equal(5000, invokes.Select(call => call.CallId).Distinct().Count());
    }

    [Fact]
    public async Task The_code_of_a_function_lies_in_the_store_under_its_hash()
    {
        TestHost.Post(_actor, TestHost.Square, new TestValue<int>(1));
        var file = (await _component.CallsAsync(1))[0].Command.Load[0].Dotnet.Files[0];

        var id = new ObjectId(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(file.Object.Id.Span));
        using var lease = await _host.Store.GetAsync(new Objects.ObjectRef(id, file.Object.Source));

        Assert.Equal(file.Sha256.ToByteArray(), System.Security.Cryptography.SHA256.HashData(lease.Span));
        Assert.Equal(file.Sha256.Span[..16].ToArray(), file.Object.Id.ToByteArray());
    }

    [Fact]
    public async Task Calls_are_gathered_up_to_a_bound_and_a_large_one_travels_with_few()
    {
        var calls = Enumerable.Range(0, 50).Select(_ => new TestCall(TestHost.Square, [new TestValue<byte[]>(new byte[30_000])])).ToArray();
        _actor.Post(calls);

        var commands = await _component.CallsAsync(calls.Length);

        // 64 KiB and at most one call more.
        Assert.All(commands, read => Assert.InRange(read.Size, 1, (64 * 1024) + 31_000));
        Assert.True(commands.Count < 50, "nothing was gathered");
    }

    [Fact]
    public async Task Results_of_every_kind_become_outcomes()
    {
        var calls = Enumerable.Range(0, 3).Select(i => new TestCall(TestHost.Square, [new TestValue<int>(i)])).ToArray();
        _actor.Post(calls);
        var ids = (await _component.CallsAsync(3)).SelectMany(read => read.Command.Invoke).Select(call => call.CallId).ToArray();

        _component.Report(new ActorReport
        {
            Results =
            {
                new Result { CallId = ids[2], Canceled = true },
                new Result { CallId = ids[0], Value = new Value { Codec = "json", Inline = ByteString.CopyFromUtf8("4"), Size = 1 }, ComputeNanoseconds = 2_000_000 },
                new Result { CallId = ids[1], Error = new Error { Type = "E", Message = "m", Stack = "s" } },
                new Result { CallId = 99_999, Canceled = true },
            },
        });

        var outcomes = await Task.WhenAll(calls.Select(call => call.Ended)).Within("three outcomes");
        Assert.Equal([ActorOutcomeKind.Completed, ActorOutcomeKind.Failed, ActorOutcomeKind.Canceled], outcomes.Select(outcome => outcome.Kind));
        Assert.Equal("4"u8.ToArray(), outcomes[0].Value.Payload.Bytes.ToArray());
        Assert.Equal(TimeSpan.FromMilliseconds(2), outcomes[0].ComputeTime);
        Assert.Equal(new RemoteError("E", "m", "s"), outcomes[1].Error);
        Assert.InRange(_actor.ComputeLatency.TotalMilliseconds, 1.749, 1.751);
    }

    [Fact]
    public async Task A_function_that_could_not_be_loaded_fails_its_calls_and_those_that_come_later()
    {
        var first = TestHost.Post(_actor, TestHost.Square, new TestValue<int>(1));
        var number = (await _component.CallsAsync(1))[0].Command.Load[0].FunctionNumber;

        _component.Report(new ActorReport { Loaded = { new FunctionLoaded { FunctionNumber = number, Error = new Error { Type = "T", Message = "no such file" } } } });

        Assert.Equal("no such file", (await first.Ended.Within("the first call")).Error?.Message);
        Assert.Equal("no such file", (await TestHost.Post(_actor, TestHost.Square, new TestValue<int>(2)).Ended.Within("the second call")).Error?.Message);
        Assert.Equal(1, first.Ends);
    }

    [Fact]
    public async Task A_large_result_outlives_its_component()
    {
        var call = TestHost.Post(_actor, TestHost.Square, new TestValue<int>(1));
        var id = (await _component.CallsAsync(1))[0].Command.Invoke[0].CallId;
        var kept = await _host.Store.PutAsync(new byte[100_000], "raw", _component.Id.Value);
        var dropped = await _host.Store.PutAsync(new byte[100_000], "raw", _component.Id.Value);
        var bytes = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, kept.Id.Value);

        _component.Report(new ActorReport { Results = { new Result { CallId = id, Value = new Value { Reference = new Wire.ObjectRef { Id = ByteString.CopyFrom(bytes), Source = kept.Source }, Size = 100_000 } } } });
        var outcome = await call.Ended.Within("the result");
        _component.End("killed");
        await _host.Launcher.NextAsync();

        Assert.Equal(kept, outcome.Value.Reference);
        Assert.True(_host.Store.Contains(kept));
        Assert.False(_host.Store.Contains(dropped));
    }

    [Fact]
    public async Task A_component_that_breaks_the_protocol_is_replaced_and_its_calls_are_lost()
    {
        var call = TestHost.Post(_actor, TestHost.Square, new TestValue<int>(1));
        await _component.CallsAsync(1);

        _component.Say([0xff, 0xff, 0xff]);

        var outcome = await call.Ended.Within("the outcome");
        Assert.Equal(ActorOutcomeKind.Lost, outcome.Kind);
        Assert.Contains("broke the actor protocol", outcome.Exception!.Message, StringComparison.Ordinal);
        Assert.NotEqual(_actor.Id, (await _host.Observer.NextActorAsync()).Id);
    }

    [Fact]
    public async Task A_function_that_cannot_travel_fails_its_calls_alone()
    {
        var nowhere = TestHost.Square with { Id = "x", Code = new Iarnet.Functions.PythonFileCode("/nowhere.py", "f", []) };

        var refused = TestHost.Post(_actor, nowhere, new TestValue<int>(1));

        Assert.IsType<FunctionNotSupportedException>((await refused.Ended.Within("the outcome")).Exception);
        TestHost.Post(_actor, TestHost.Square, new TestValue<int>(1));
        Assert.Single((await _component.CallsAsync(1)).SelectMany(read => read.Command.Invoke));
    }
}
