using System.Runtime.CompilerServices;

namespace Iarnet.Dag.Tests;

public sealed class ReleaseTests : EngineTest
{
    private readonly ScriptedHost _host;
    private readonly RecordingSpace _space;
    private readonly DagSession _session;

    public ReleaseTests()
        : this(new ScriptedHost(), new RecordingSpace())
    {
    }

    private ReleaseTests(ScriptedHost host, RecordingSpace space)
        : base(new DagEngine(hosts: [host, new InProcessActorHost()], space: space))
    {
        _host = host;
        _space = space;
        _session = Engine.OpenSession("test");
    }

    [Fact]
    public async Task A_value_is_encoded_once_whoever_needs_it()
    {
        var value = _session.Put(7);
        var results = Enumerable.Range(0, 10).Select(_ => _session.Call(Remote.Function(), value)).ToList();
        var actor = (await _host.NextGroup()).AddActor("only", window: 10);
        var arguments = new List<Task<int>>();
        for (var i = 0; i < 10; i++)
        {
            arguments.Add(Task.Run(async () => await (await actor.NextCall()).FirstArgument(_space)));
        }

        Assert.All(await Task.WhenAll(arguments).Within(), argument => Assert.Equal(7, argument));
        Assert.Equal(1, _space.Encoded);
        Assert.Equal(100, _session.GetStatistics().EncodedBytes);
        Assert.Equal(CallState.Running, results[0].State);
    }

    [Fact]
    public async Task A_remote_result_goes_to_another_remote_call_as_it_is()
    {
        var first = _session.Call(Remote.Function("f"), 1);
        _ = _session.Call(Remote.Function("g"), first);
        var actor = (await _host.NextGroup()).AddActor("only");
        var stored = _space.Store(5);
        actor.Report((await actor.NextCall()).Done(stored));

        var call = await actor.NextCall();
        Assert.True(call.GetArgument(0).TryGetEncoded(out var argument));
        Assert.Equal(stored.Reference, argument.Reference);
        Assert.Equal((0, 0), (_space.Encoded, _space.Decoded));
    }

    [Fact]
    public async Task Local_remote_and_local_calls_mix_and_a_result_is_decoded_once()
    {
        var local = _session.Call(Maths.Square, 3);
        var remote = _session.Call(Remote.Function(), local);
        var back = _session.Call(Maths.Add, remote, remote);
        var actor = (await _host.NextGroup()).AddActor("only");
        var call = await actor.NextCall();
        Assert.Equal(9, await call.FirstArgument(_space));
        actor.Report(call.Done(_space.Store(90)));

        Assert.Equal(180, await back.Within());
        Assert.Equal(90, await remote.Within());
        Assert.Equal(1, _space.Decoded);
    }

    [Fact]
    public async Task A_disposed_reference_is_released_when_the_last_call_that_needs_it_ended()
    {
        var first = _session.Call(Remote.Function("f"), 1);
        var second = _session.Call(Remote.Function("g"), first);
        var actor = (await _host.NextGroup()).AddActor("only");
        actor.Report((await actor.NextCall()).Done(_space.Store(5)));
        var call = await actor.NextCall();
        first.Dispose();
        Assert.Equal(1, await _session.Call(Maths.One).Within());
        Assert.Equal(0, _space.Releases);

        actor.Report(call.Done(_space.Store(6)));
        Assert.Equal(6, await second.Within());
        await _space.HeldBecomes(1);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => first.Within());
        second.Dispose();
        second.Dispose();
        await _space.HeldBecomes(0);
        Assert.Equal((2, 0), (_space.Releases, _space.WrongReleases));
    }

    [Fact]
    public async Task A_call_with_a_released_input_fails()
    {
        var value = _session.Put(1);
        value.Dispose();
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => _session.Call(Maths.Next, value).Within());
    }

    [Fact]
    public async Task A_reference_that_nobody_can_reach_is_released_by_the_collector()
    {
        var actor = await CallAndForget();
        actor.Report((await actor.NextCall()).Done(_space.Store(5)));
        await _session.WhenIdleAsync().Within();
        for (var i = 0; i < 100 && _space.Held > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await _session.WhenIdleAsync().Within();
        }

        Assert.Equal(0, _space.Held);
    }

    [Fact]
    public async Task Everything_is_released_when_the_session_ends()
    {
        var values = Enumerable.Range(0, 50).Select(i => _session.Call(Remote.Function(), i)).ToList();
        var actor = (await _host.NextGroup()).AddActor("only", window: 50);
        for (var i = 0; i < 50; i++)
        {
            var call = await actor.NextCall();
            await call.FirstArgument(_space);
            actor.Report(call.Done(_space.Store(i)));
        }

        await _session.WhenIdleAsync().Within();
        Assert.Equal(100, _space.Held);
        await _session.DisposeAsync().Within();
        Assert.Equal((0, 100, 0), (_space.Held, _space.Releases, _space.WrongReleases));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => values[0].Within());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<ScriptedActor> CallAndForget()
    {
        _ = _session.Call(Remote.Function(), 1);
        return (await _host.NextGroup()).AddActor("only");
    }
}
