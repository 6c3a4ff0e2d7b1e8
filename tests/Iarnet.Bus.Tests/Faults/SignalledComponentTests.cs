using System.Buffers.Binary;
using Iarnet.Bus.Tests.Components;
using Xunit.Abstractions;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>The component bus between two processes, one of which is killed or stopped in the middle of traffic, at points that a seed chooses.</summary>
[Collection(Alone.Name)]
[Trait("Category", "Slow")]
public sealed class SignalledComponentTests(ITestOutputHelper output)
{
    private const int Seed = 20_261_121;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(25);

    [Theory]
    [InlineData("tcp://127.0.0.1:0")]
    [InlineData("ipc://*")]
    public async Task Every_request_to_a_component_that_is_killed_ends_and_none_is_answered_wrongly(string endpoint)
    {
        const int Kills = 6;
        var random = new SeededRandom(Seed);
        await using var bus = BusPair.CreateBus(endpoint, Patient);
        await bus.StartAsync();
        var engine = new RecordingPeerHandler();
        var peer = bus.Register(new ComponentId("killed"), engine);
        long answered = 0;
        long lost = 0;
        var pending = 0;
        using var stop = new CancellationTokenSource();
        var (component, _) = await OtherProcess.StartAsync("component", bus.Endpoints[0], "killed");
        Assert.Equal("ready", await engine.NextState().Within());
        var asking = Enumerable.Range(0, 16).Select(asker => Task.Run(() => AskAsync(asker))).ToArray();
        for (var kill = 0; kill < Kills; kill++)
        {
            // By progress, so that each kill falls into traffic.
            await ReachedAsync(() => Volatile.Read(ref answered), Volatile.Read(ref answered) + 200 + random.Next(3_000)).Within($"answers before kill {kill} of seed {Seed}");
            await component.KillAsync();
            await component.DisposeAsync();
            Assert.Equal("away", await engine.NextState().Within());
            (component, _) = await OtherProcess.StartAsync("component", bus.Endpoints[0], "killed");
            Assert.StartsWith("gone: ", await engine.NextState().Within(), StringComparison.Ordinal);
            Assert.Equal("ready", await engine.NextState().Within());
        }

        await ReachedAsync(() => Volatile.Read(ref answered), Volatile.Read(ref answered) + 1_000).Within("answers after the last kill");
        await stop.CancelAsync();
        await Task.WhenAll(asking).Within("every request to end");
        await component.DisposeAsync();
        output.WriteLine($"{endpoint}: {Kills} kills (seed {Seed}); {answered} requests answered rightly, {lost} ended as lost, {pending} did not end");
        Assert.Equal(0, pending);
        Assert.InRange(lost, 1, 16 * Kills * 2);

        async Task AskAsync(int asker)
        {
            for (var i = 0L; !stop.IsCancellationRequested; i++)
            {
                var payload = BitConverter.GetBytes((i * 16) + asker);
                Interlocked.Increment(ref pending);
                try
                {
                    var reply = await peer.RequestAsync(payload, Long);
                    Assert.Equal(payload, reply.ToArray());
                    Interlocked.Increment(ref answered);
                }
                catch (ComponentLostException)
                {
                    Interlocked.Increment(ref lost);
                }

                Interlocked.Decrement(ref pending);
            }
        }
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:0")]
    [InlineData("ipc://*")]
    public async Task A_component_that_is_stopped_is_away_and_when_it_goes_on_nothing_is_lost_or_doubled(string endpoint)
    {
        const int Stops = 4;
        const int Count = 40_000;
        var random = new SeededRandom(Seed);
        await using var bus = BusPair.CreateBus(endpoint, Patient);
        await bus.StartAsync();
        var back = new Sequence();
        var engine = new RecordingPeerHandler { OnMessage = (_, message) => back.Take(message.Payload.Span) };
        var peer = bus.Register(new ComponentId("stopped"), engine);
        var (component, _) = await OtherProcess.StartAsync("component", bus.Endpoints[0], "stopped");
        await using var disposeComponent = component;
        Assert.Equal("ready", await engine.NextState().Within());
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
            {
                var payload = new byte[8 + (i % 300)];
                BinaryPrimitives.WriteInt32LittleEndian(payload, i);
                await peer.SendAsync(payload);
                // The echo of what was sent is not awaited, but not left behind without end: the stops fall into traffic.
                await back.NotFurtherBehindThan(i, 2_000).Within("the component to keep up");
            }
        });
        for (var stop = 1; stop <= Stops; stop++)
        {
            await back.Reached((Count * stop / (Stops + 1)) + random.Next(500)).Within($"messages before stop {stop} of seed {Seed}");
            await Signals.StopAsync(component.Id);
            Assert.Equal("away", await engine.NextState().Within("the heartbeat to find the stopped component"));
            await Signals.ContinueAsync(component.Id);
            Assert.Equal("returned", await engine.NextState().Within());
        }

        await sending.Within();
        await back.Reached(Count).Within();
        output.WriteLine($"{endpoint}: {Stops} stops (seed {Seed}); {Count} messages there and back, each once and in order");
        Assert.Equal(BusPeerState.Ready, peer.State);
    }

    [Fact]
    public async Task When_the_engine_is_stopped_its_component_finds_out_and_when_it_goes_on_every_request_is_answered()
    {
        const int Stops = 3;
        var random = new SeededRandom(Seed);
        var (engine, endpoint) = await OtherProcess.StartAsync("engine", "tcp://127.0.0.1:0", "one");
        await using var disposeEngine = engine;
        var component = new RecordingClientHandler();
        await using var client = BusPair.CreateClient(endpoint, "one", component, Patient);
        await client.ConnectAsync().Within();
        Assert.StartsWith("connected", await component.NextState().Within(), StringComparison.Ordinal);
        long answered = 0;
        using var stop = new CancellationTokenSource();
        var asking = Enumerable.Range(0, 8).Select(asker => Task.Run(() => AskAsync(asker))).ToArray();
        for (var i = 0; i < Stops; i++)
        {
            await ReachedAsync(() => Volatile.Read(ref answered), Volatile.Read(ref answered) + 200 + random.Next(2_000)).Within($"answers before stop {i} of seed {Seed}");
            await Signals.StopAsync(engine.Id);
            Assert.Equal("disconnected", await component.NextState().Within("the heartbeat to find the stopped engine"));
            await Signals.ContinueAsync(engine.Id);
            Assert.StartsWith("connected", await component.NextState().Within(), StringComparison.Ordinal);
        }

        await stop.CancelAsync();
        await Task.WhenAll(asking).Within("every request to be answered");
        output.WriteLine($"{Stops} stops of the engine (seed {Seed}); all of {answered} requests answered");

        async Task AskAsync(int asker)
        {
            for (var i = 0L; !stop.IsCancellationRequested; i++)
            {
                var payload = BitConverter.GetBytes((i * 8) + asker);
                Assert.Equal(payload, (await client.RequestAsync(payload, Long)).ToArray());
                Interlocked.Increment(ref answered);
            }
        }
    }

    [Fact]
    public async Task When_the_engine_is_killed_every_request_of_its_component_ends()
    {
        const int Requests = 64;
        var path = Path.Combine(Path.GetTempPath(), $"iarnet-engine-{Environment.ProcessId}");
        var (engine, endpoint) = await OtherProcess.StartAsync("engine", "ipc://" + path, "one");
        await using var disposeEngine = engine;
        await using var client = BusPair.CreateClient(endpoint, "one", new RecordingClientHandler(), options =>
        {
            Patient(options);
            options.GiveUpAfter = TimeSpan.FromSeconds(3);
        });
        await client.ConnectAsync().Within();
        long answered = 0;
        var asking = Enumerable.Range(0, Requests).Select(asker => Task.Run(() => AskAsync(asker))).ToArray();
        await ReachedAsync(() => Volatile.Read(ref answered), 2_000).Within("answers before the kill");
        await engine.KillAsync();
        await Task.WhenAll(asking).Within("every request to end");
        var reason = await client.Completion.Within();
        output.WriteLine($"{answered} requests answered before the kill, the last {Requests} ended as lost; the client: {reason}");
        File.Delete(path);

        async Task AskAsync(int asker)
        {
            for (var i = 0L; ; i++)
            {
                var payload = BitConverter.GetBytes((i * Requests) + asker);
                try
                {
                    Assert.Equal(payload, (await client.RequestAsync(payload, Long)).ToArray());
                    Interlocked.Increment(ref answered);
                }
                catch (ComponentLostException)
                {
                    return;
                }
            }
        }
    }

    private static void Patient(ComponentBusOptions options)
    {
        options.AwayLimit = Long;
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(100);
        options.HeartbeatTimeout = TimeSpan.FromMilliseconds(600);
    }

    private static void Patient(ComponentBusClientOptions options)
    {
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(100);
        options.HeartbeatTimeout = TimeSpan.FromMilliseconds(600);
        options.HandshakeTimeout = TimeSpan.FromSeconds(1);
        options.ReconnectDelay = TimeSpan.FromMilliseconds(10);
        options.ReconnectDelayLimit = TimeSpan.FromMilliseconds(100);
    }

    private static async Task ReachedAsync(Func<long> progress, long mark)
    {
        while (progress() < mark)
        {
            await Task.Delay(1);
        }
    }
}
