using System.Buffers.Binary;
using System.Diagnostics;
using Iarnet.Bus.Tests.Components;
using Iarnet.Bus.Tests.Peers;
using Xunit.Abstractions;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>A real network between two processes that is cut without a word, as when a cable is pulled: no end, no reset, only silence.</summary>
[Collection(Alone.Name)]
[Trait("Category", "Slow")]
public sealed class NamespaceTests(ITestOutputHelper output)
{
    private const int Cuts = 3;
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(600);

    [NetworkNamespaceFact]
    public async Task The_component_bus_goes_on_where_it_was_when_the_network_is_healed()
    {
        const int Count = 20_000;
        await using var network = await NetworkNamespace.CreateAsync();
        await using var bus = BusPair.CreateBus($"tcp://{network.Address}:0", static options =>
        {
            options.HeartbeatInterval = Beat;
            options.HeartbeatTimeout = Silence;
            options.AwayLimit = TimeSpan.FromSeconds(30);
        });
        await bus.StartAsync();
        var back = new Sequence();
        var engine = new RecordingPeerHandler { OnMessage = (_, message) => back.Take(message.Payload.Span) };
        var peer = bus.Register(new ComponentId("far"), engine);
        var (component, _) = await OtherProcess.StartInAsync(network.Name, "component", bus.Endpoints[0], "far");
        await using var disposeComponent = component;
        Assert.Equal("ready", await engine.NextState().Within());
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
            {
                var payload = new byte[8 + (i % 300)];
                BinaryPrimitives.WriteInt32LittleEndian(payload, i);
                await peer.SendAsync(payload);
                await back.NotFurtherBehindThan(i, 1_000).Within("the component to keep up");
            }
        });
        List<string> times = [];
        for (var cut = 1; cut <= Cuts; cut++)
        {
            await back.Reached(Count * cut / (Cuts + 1)).Within($"messages before cut {cut}");
            await network.CutAsync();
            var clock = Stopwatch.StartNew();
            Assert.Equal("away", await engine.NextState().Within("the heartbeat to find the cut"));
            var found = clock.Elapsed;
            await network.HealAsync();
            clock.Restart();
            Assert.Equal("returned", await engine.NextState().Within("the component to come again"));
            times.Add($"found after {found.TotalSeconds:0.0} s, returned {clock.Elapsed.TotalSeconds:0.0} s after the healing");
        }

        await sending.Within();
        await back.Reached(Count).Within("every message to come back");
        output.WriteLine($"{Cuts} silent cuts, {Count} messages there and back each once and in order");
        times.ForEach(output.WriteLine);
    }

    [NetworkNamespaceFact]
    public async Task A_dealer_of_libzmq_behind_a_silent_cut_is_found_gone_and_goes_on_when_it_is_healed()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var router = new RouterSocket(new BusSocketOptions { HeartbeatInterval = Beat, HeartbeatTimeout = Silence });
        var events = new EventLog<SocketEvent>();
        long received = 0;
        long last = -1;
        var disorder = 0;
        router.Happened += events.Add;
        router.Handle((_, batch) =>
        {
            foreach (var message in batch)
            {
                // Across a cut some may be missing: the wire has no acknowledgement. None may come twice or late.
                var number = BinaryPrimitives.ReadInt64LittleEndian(message.Body.Span);
                disorder += number > last ? 0 : 1;
                last = number;
                Interlocked.Increment(ref received);
            }
        });
        var (python, _) = await PythonPeer.StartInAsync(network.Name, "stream.py", router.Bind($"tcp://{network.Address}:0"), "far");
        await using var disposePython = python;
        await events.Until<PeerConnected>().Within();
        for (var cut = 0; cut < Cuts; cut++)
        {
            await MoreAsync(5_000).Within($"messages before cut {cut}");
            await network.CutAsync();
            Assert.Contains("nothing was received", (await events.Until<PeerDisconnected>().Within("the heartbeat to find the cut")).Reason, StringComparison.Ordinal);
            await network.HealAsync();
            await events.Until<PeerConnected>().Within("the dealer to come again");
        }

        await MoreAsync(5_000).Within("messages after the last cut");
        output.WriteLine($"{Cuts} silent cuts, {received} messages, the last is number {last}");
        Assert.Equal(0, disorder);

        async Task MoreAsync(int count)
        {
            for (var mark = Interlocked.Read(ref received) + count; Interlocked.Read(ref received) < mark;)
            {
                await Task.Delay(1);
            }
        }
    }

    [NetworkNamespaceFact]
    public async Task Our_dealer_behind_a_silent_cut_comes_again_and_what_waited_leaves()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        var (echo, endpoint) = await OtherProcess.StartInAsync(network.Name, "echo", $"tcp://{network.InsideAddress}:0");
        await using var disposeEcho = echo;
        await using var dealer = new DealerSocket(new BusSocketOptions
        {
            Identity = new PeerIdentity("near"),
            HeartbeatInterval = Beat,
            HeartbeatTimeout = Silence,
            HandshakeTimeout = TimeSpan.FromSeconds(1),
            ReconnectDelayLimit = TimeSpan.FromMilliseconds(200),
        });
        var events = new EventLog<SocketEvent>();
        dealer.Happened += events.Add;
        dealer.Connect(endpoint);
        for (var cut = 0; cut < Cuts; cut++)
        {
            await dealer.SendAsync(BitConverter.GetBytes(cut)).Within();
            using (var message = await dealer.ReceiveAsync().Within($"the answer before cut {cut}"))
            {
                Assert.Equal(cut, BitConverter.ToInt32(message.Body.Span));
            }

            await network.CutAsync();
            Assert.Contains("nothing was received", (await events.Until<PeerDisconnected>().Within("the heartbeat to find the cut")).Reason, StringComparison.Ordinal);
            for (var i = 0; i < 100; i++)
            {
                await dealer.SendAsync(BitConverter.GetBytes(1000 + i)).Within();
            }

            await network.HealAsync();
            for (var i = 0; i < 100; i++)
            {
                using var message = await dealer.ReceiveAsync().Within($"answer {i} after cut {cut}");
                Assert.Equal(1000 + i, BitConverter.ToInt32(message.Body.Span));
            }
        }

        output.WriteLine($"{Cuts} silent cuts, after each of which 100 waiting messages left in order and were answered");
    }
}
