using System.Threading.Channels;
using Google.Protobuf;
using Iarnet.Bus;
using Iarnet.Components.Wire;
using Iarnet.Components.Worker;
using Iarnet.Store;

namespace Iarnet.Components.Tests.Worker;

/// <summary>The component's end over a real bus; the test is the engine.</summary>
public sealed class ComponentRuntimeTests : IAsyncLifetime, IBusPeerHandler, IFunctionLoader
{
    private readonly Channel<ActorReport> _reports = Channel.CreateUnbounded<ActorReport>();
    private readonly TaskCompletionSource<IComponentFunction> _loading = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ComponentBus _bus = null!;
    private ObjectStore _store = null!;
    private ComponentRuntime _runtime = null!;
    private BusPeer _peer = null!;
    private Task<string> _running = null!;

    public async Task InitializeAsync()
    {
        var options = new ComponentBusOptions();
        options.Endpoints.Add("ipc://*");
        _bus = new ComponentBus(options);
        await _bus.StartAsync().AsTask().Within("the bus");
        _store = await ObjectStore.OpenAsync();
        var id = new ComponentId("tested");
        _peer = _bus.Register(id, this);
        _runtime = new ComponentRuntime(new ComponentBusClientOptions { Endpoint = _bus.Endpoints[0], ComponentId = id }, _store, this);
        _running = _runtime.RunAsync();
    }

    public async Task DisposeAsync()
    {
        await _runtime.DisposeAsync().AsTask().Within("the runtime to close");
        await _bus.DisposeAsync().AsTask().Within("the bus to close");
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Calls_wait_for_their_function_and_run_when_it_is_loaded()
    {
        Tell(new ActorCommand { Load = { Function(1) }, Invoke = { Call(10), Call(11) } });
        _loading.SetResult(new Body(call => call.SetResult(call.GetArgument<int>(0) + 1)));

        var (loaded, results) = await ReportsAsync(2);

        Assert.Null(Assert.Single(loaded).Error);
        Assert.Equal([(10UL, "42"), (11UL, "42")], results.Select(result => (result.CallId, result.Value.Inline.ToStringUtf8())));
    }

    [Fact]
    public async Task A_function_that_does_not_load_fails_the_calls_that_wait_and_those_that_follow()
    {
        Tell(new ActorCommand { Load = { Function(1) }, Invoke = { Call(10) } });
        _loading.SetException(new FunctionNotSupportedException("not here"));
        var (loaded, first) = await ReportsAsync(1);
        Tell(new ActorCommand { Invoke = { Call(11) } });
        var (_, second) = await ReportsAsync(1);

        Assert.Equal(("Iarnet.FunctionNotSupportedException", "not here"), (loaded[0].Error.Type, loaded[0].Error.Message));
        Assert.Equal("not here", first[0].Error.Message);
        Assert.Equal((11UL, "not here"), (second[0].CallId, second[0].Error.Message));
    }

    [Fact]
    public async Task A_call_can_be_cancelled_while_its_function_loads()
    {
        var ran = 0;
        Tell(new ActorCommand { Load = { Function(1) }, Invoke = { Call(10), Call(11) } });
        Tell(new ActorCommand { Cancel = { 10, 999 } });
        // Commands are taken in order: when this one was, the cancellation has been.
        Tell(new ActorCommand { Load = { Function(2) } });
        await _secondLoad.Task.Within("the third command");
        _loading.SetResult(new Body(_ => Interlocked.Increment(ref ran)));

        var (_, results) = await ReportsAsync(2);

        Assert.True(results.Single(result => result.CallId == 10).Canceled);
        Assert.False(results.Single(result => result.CallId == 11).Canceled);
        Assert.Equal(1, ran);
    }

    [Fact]
    public async Task Draining_ends_what_runs_drops_what_waits_and_says_so_last()
    {
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var go = new ManualResetEventSlim();
        Tell(new ActorCommand { Load = { Function(1) }, Invoke = { Call(10), Call(11) } });
        _loading.SetResult(new Body(_ =>
        {
            began.TrySetResult();
            go.Wait(TimeSpan.FromSeconds(20));
        }));
        await began.Task.Within("the first call to begin");

        Tell(new ActorCommand { Drain = true });
        // A command behind it: the drain has begun when this was taken.
        Tell(new ActorCommand { Load = { Function(2) } });
        await _secondLoad.Task.Within("the command behind the drain");
        go.Set();

        var all = new ActorReport();
        while (!all.Drained)
        {
            all.MergeFrom(await NextAsync());
        }

        Assert.Equal([10UL], all.Results.Select(result => result.CallId));
    }

    [Theory]
    [InlineData("ffff")]
    [InlineData("12040801102a")] // a call of function 42, which nobody loaded
    public async Task A_breach_of_the_protocol_ends_the_component_with_the_reason(string hex)
    {
        _peer.Send(Convert.FromHexString(hex));

        Assert.Contains("actor protocol", await _running.Within("the runtime to end"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_file_whose_name_leads_elsewhere_is_refused()
    {
        var load = Function(1);
        load.Dotnet = new DotNetCode { Files = { new CodeFile { Name = "../evil.dll", Sha256 = ByteString.CopyFrom(new byte[32]), Object = new Wire.ObjectRef { Id = ByteString.CopyFrom(new byte[16]) } } } };
        Tell(new ActorCommand { Load = { load } });

        Assert.Contains("../evil.dll", await _running.Within("the runtime to end"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_ends_when_the_engine_says_goodbye()
    {
        await _ready.Task.Within("the component");
        await _bus.UnregisterAsync(_peer.Id, "enough");

        Assert.Contains("enough", await _running.Within("the runtime to end"), StringComparison.Ordinal);
    }

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _secondLoad = new(TaskCreationOptions.RunContinuationsAsynchronously);

    async ValueTask<IComponentFunction> IFunctionLoader.LoadAsync(FunctionManifest manifest, CancellationToken cancellationToken)
    {
        if (manifest.Name != "f1")
        {
            _secondLoad.TrySetResult();
            return new Body(_ => { });
        }

        return await _loading.Task;
    }

    void IBusPeerHandler.Ready(BusPeer peer, BusReady ready) => _ready.TrySetResult();

    void IBusPeerHandler.Received(BusPeer peer, BusMessage message) => _reports.Writer.TryWrite(ActorReport.Parser.ParseFrom(message.Payload.Span));

    void IBusPeerHandler.Away(BusPeer peer, string reason)
    {
    }

    void IBusPeerHandler.Gone(BusPeer peer, string reason)
    {
    }

    private static LoadFunction Function(uint number) => new() { FunctionNumber = number, Name = $"f{number}" };

    private static Invoke Call(ulong id) => new() { CallId = id, FunctionNumber = 1, Arguments = { new Value { Codec = "json", Inline = ByteString.CopyFromUtf8("41"), Size = 2 } } };

    private void Tell(ActorCommand command) => _peer.Send(command.ToByteArray());

    private Task<ActorReport> NextAsync() => _reports.Reader.ReadAsync().AsTask().Within("a report");

    private async Task<(List<FunctionLoaded> Loaded, List<Result> Results)> ReportsAsync(int results)
    {
        var all = new ActorReport();
        while (all.Results.Count < results)
        {
            all.MergeFrom(await NextAsync());
        }

        return ([.. all.Loaded], [.. all.Results.OrderBy(result => result.CallId)]);
    }

    private sealed class Body(Action<FunctionCall> run) : IComponentFunction
    {
        public void Invoke(FunctionCall call) => run(call);
    }
}
