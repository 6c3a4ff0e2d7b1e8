using System.Buffers.Binary;
using System.Diagnostics;
using Iarnet.Bus.Io;
using Iarnet.Bus.Tests.Components;
using Iarnet.Bus.Transport.Memory;
using Xunit.Abstractions;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>A network in memory that is cut hundreds of times, at points that a seed chooses, and is down for a while after some of the cuts.</summary>
[Collection(Alone.Name)]
[Trait("Category", "Slow")]
public sealed class CutNetworkTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(25);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Hundreds_of_cuts_lose_and_double_nothing_of_the_component_bus(int seed)
    {
        const int Count = 60_000;
        const int Cuts = 200;
        var clock = Stopwatch.StartNew();
        var random = new SeededRandom(seed);
        var network = new MemoryNetwork(static () => IoLoops.Pool.Next());
        var busOptions = new ComponentBusOptions { Endpoints = { "inproc://engine" }, AwayLimit = Long };
        await using var bus = new ComponentBus(busOptions, network, time: null, logs: null);
        await bus.StartAsync();
        var there = new Sequence();
        var back = new Sequence();
        var engine = new RecordingPeerHandler { OnMessage = (peer, message) => Take(message, back, payload => peer.Reply(message, payload)) };
        var component = new RecordingClientHandler { OnMessage = (client, message) => Take(message, there, payload => client.Reply(message, payload)) };
        var peer = bus.Register(new ComponentId("cut"), engine);
        var options = new ComponentBusClientOptions
        {
            Endpoint = "inproc://engine",
            ComponentId = new ComponentId("cut"),
            ReconnectDelay = TimeSpan.FromMilliseconds(1),
            ReconnectDelayLimit = TimeSpan.FromMilliseconds(4),
        };
        await using var client = new ComponentBusClient(options, component, network, time: null, logs: null);
        await client.ConnectAsync().Within();

        using var stop = new CancellationTokenSource();
        var answered = 0;
        var sending = Task.Run(() => SendAllAsync(payload => peer.SendAsync(payload), there));
        var answering = Task.Run(() => SendAllAsync(payload => client.SendAsync(payload), back));
        var asking = Task.Run(() => AskAsync(payload => peer.RequestAsync(payload, Long)));
        var askingBack = Task.Run(() => AskAsync(payload => client.RequestAsync(payload, Long)));
        var downs = 0;
        for (var cut = 1; cut <= Cuts; cut++)
        {
            await there.Reached((Count * cut / (Cuts + 1)) + random.Next(Count / Cuts / 2)).Within($"messages before cut {cut} of seed {seed}");
            network.IsDown = random.Next(4) == 0;
            network.CutAll();
            if (network.IsDown)
            {
                downs++;
                await Task.Delay(random.Next(10));
                network.IsDown = false;
            }
        }

        await sending.Within($"everything to be sent there, seed {seed}");
        await answering.Within($"everything to be sent back, seed {seed}");
        await there.Reached(Count).Within($"everything to arrive there, seed {seed}");
        await back.Reached(Count).Within($"everything to arrive back, seed {seed}");
        await stop.CancelAsync();
        await asking.Within($"the last request, seed {seed}");
        await askingBack.Within($"the last request back, seed {seed}");
        output.WriteLine($"seed {seed}: {Cuts} cuts, {downs} times down, {Count} messages each way each once and in order, {answered} requests all answered, in {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.Equal(BusPeerState.Ready, peer.State);

        async Task SendAllAsync(Func<byte[], ValueTask> send, Sequence arrived)
        {
            for (var i = 0; i < Count; i++)
            {
                var payload = new byte[4 + (i % 512)];
                BinaryPrimitives.WriteInt32LittleEndian(payload, i);
                await send(payload);
                await arrived.NotFurtherBehindThan(i, 1_000).Within($"message {i - 1_000} of seed {seed}");
            }
        }

        async Task AskAsync(Func<byte[], ValueTask<ReadOnlyMemory<byte>>> ask)
        {
            while (!stop.IsCancellationRequested)
            {
                var payload = BitConverter.GetBytes(Interlocked.Increment(ref answered));
                Assert.Equal(payload, (await ask(payload)).ToArray());
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Sockets_whose_network_is_cut_connect_again_each_time_and_keep_their_order(int seed)
    {
        const int Cuts = 300;
        const int PerCut = 400;
        var clock = Stopwatch.StartNew();
        var random = new SeededRandom(seed);
        var network = new MemoryNetwork(static () => IoLoops.Pool.Next());
        await using var router = new RouterSocket(options: null, network, time: null, logs: null);
        var received = 0;
        var jumps = 0;
        var missing = 0;
        var next = 0;
        var number = 0;
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        router.Handle((_, batch) =>
        {
            foreach (var message in batch)
            {
                Take(BitConverter.ToInt32(message.Body.Span));
            }
        });
        router.Bind("inproc://cut");
        var options = new BusSocketOptions
        {
            Identity = new PeerIdentity("d"),
            ReconnectDelay = TimeSpan.FromMilliseconds(1),
            ReconnectDelayLimit = TimeSpan.FromMilliseconds(4),
        };
        await using var dealer = new DealerSocket(options, network, time: null, logs: null);
        var events = new EventLog<SocketEvent>();
        dealer.Happened += events.Add;
        dealer.Connect("inproc://cut");
        await events.Until<PeerConnected>().Within();
        for (var cut = 0; cut < Cuts; cut++)
        {
            var mark = Volatile.Read(ref received);
            for (var left = random.Next(PerCut); left >= 0; left--)
            {
                await dealer.SendAsync(BitConverter.GetBytes(number++)).Within($"room for message {number} of seed {seed}");
            }

            // Each connection carries something before it is cut.
            await SomethingSince(mark).Within($"a message before cut {cut} of seed {seed}");
            network.CutAll();
            await events.Until<PeerConnected>().Within($"a connection after cut {cut} of seed {seed}");
        }

        while (!end.Task.IsCompleted)
        {
            await dealer.SendAsync(BitConverter.GetBytes(-1)).Within();
            await Task.WhenAny(end.Task, Task.Delay(20));
        }

        await end.Task.Within();
        output.WriteLine($"seed {seed}: {Cuts} cuts, {received} of {number} messages received, {missing} lost on the way in {jumps} gaps, in {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.InRange(jumps, 0, Cuts);
        Assert.InRange(received, number - missing, number);

        async Task SomethingSince(int mark)
        {
            while (Volatile.Read(ref received) == mark)
            {
                await Task.Yield();
            }
        }

        void Take(int arrived)
        {
            if (arrived == -1)
            {
                // What was on its way with the last cut has no successor that would show it missing.
                missing += number - next;
                next = number;
                end.TrySetResult();
                return;
            }

            jumps += arrived == next ? 0 : 1;
            missing += Math.Max(0, arrived - next);
            next = arrived + 1;
            Interlocked.Increment(ref received);
        }
    }

    private static void Take(BusMessage message, Sequence sequence, Action<byte[]> reply)
    {
        if (message.Kind == BusMessageKind.Request)
        {
            reply(message.Payload.ToArray());
        }
        else
        {
            sequence.Take(message.Payload.Span);
        }
    }
}
