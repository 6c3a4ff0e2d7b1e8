using Iarnet.Bus.Transport;

namespace Iarnet.Bus.Tests.Sockets;

/// <summary>What holds of sockets whatever carries their bytes: each transport has a class that runs these.</summary>
public abstract class SocketTests
{
    [Fact]
    public async Task A_message_to_an_unknown_peer_is_a_typed_error()
    {
        await using var router = Router();
        var error = await Assert.ThrowsAsync<PeerUnknownException>(() => router.SendAsync(new PeerIdentity("nobody"), new byte[1]).Within());
        Assert.Contains("'nobody'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sender_waits_for_a_reader_that_stops_and_nothing_is_lost()
    {
        const int Count = 5_000;
        var bounds = new BusSocketOptions { SendMessages = 100, ReceiveMessages = 100, SendBytes = 200_000, ReceiveBytes = 200_000 };
        await using var router = Router(bounds);
        await using var dealer = Dealer(bounds);
        dealer.Connect(router.Bind(Endpoint("ipc://*")));
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
            {
                var payload = new byte[2000];
                BitConverter.TryWriteBytes(payload, i);
                await dealer.SendAsync(payload);
                Volatile.Write(ref sent, i + 1);
            }
        });

        for (var i = 0; i < Count; i++)
        {
            // Queues of both ends and buffers of the kernel: far from the 10 MB that would be there without bounds.
            Assert.InRange(Volatile.Read(ref sent) - i, -1, 1500);
            Assert.Equal(i, BitConverter.ToInt32((await router.ReceiveAsync().Within()).Body.Span));
        }

        await sending.Within();
    }

    [Fact]
    public async Task Try_send_says_no_when_the_queue_is_full_and_yes_when_there_is_room_again()
    {
        var bounds = new BusSocketOptions { SendMessages = 10, ReceiveMessages = 10 };
        await using var router = Router(bounds);
        await using var dealer = Dealer(bounds);
        dealer.Connect(router.Bind(Endpoint("ipc://*")));
        var payload = new byte[100_000];
        var accepted = 0;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var refusals = 0;
        while (refusals < 1000 && !limit.IsCancellationRequested)
        {
            if (dealer.TrySend(payload))
            {
                accepted++;
                refusals = 0;
            }
            else
            {
                refusals++;
                await Task.Yield();
            }
        }

        Assert.InRange(accepted, 10, 100);
        for (var i = 0; i < accepted; i++)
        {
            Assert.Equal(payload.Length, (await router.ReceiveAsync().Within()).Body.Length);
        }

        await dealer.SendAsync(payload).Within();
        Assert.Equal(payload.Length, (await router.ReceiveAsync().Within()).Body.Length);
    }

    [Fact]
    public async Task Two_routers_talk_and_each_connects_to_the_other_side_of_a_pair_of_dealers()
    {
        await using var left = Router(new BusSocketOptions { Identity = new PeerIdentity("left") });
        await using var right = Router(new BusSocketOptions { Identity = new PeerIdentity("right") });
        var events = new EventLog<SocketEvent>();
        right.Happened += events.Add;
        right.Connect(left.Bind(Endpoint("tcp://127.0.0.1:0")));
        Assert.Equal(new PeerIdentity("left"), (await events.Until<PeerConnected>().Within()).Peer);
        await right.SendAsync(new PeerIdentity("left"), ["a"u8.ToArray(), "b"u8.ToArray()]).Within();
        var message = await left.ReceiveAsync().Within();
        Assert.Equal(2, message.FrameCount);
        await left.SendAsync(message.Peer!, "back"u8.ToArray()).Within();
        Assert.Equal(new PeerIdentity("left"), (await right.ReceiveAsync().Within()).Peer);
    }

    [Fact]
    public async Task A_dealer_spreads_over_its_peers()
    {
        await using var one = Router();
        await using var two = Router();
        await using var dealer = Dealer();
        dealer.Connect(one.Bind(Endpoint("ipc://*")));
        dealer.Connect(two.Bind(Endpoint("tcp://127.0.0.1:0")));
        for (byte i = 0; i < 10; i++)
        {
            await dealer.SendAsync(new[] { i }).Within();
        }

        for (var i = 0; i < 5; i++)
        {
            await one.ReceiveAsync().Within();
            await two.ReceiveAsync().Within();
        }

        Assert.False(one.TryReceive(out _));
        Assert.False(two.TryReceive(out _));
    }

    [Fact]
    public async Task With_handover_off_a_second_connection_of_an_identity_is_refused()
    {
        await using var router = Router(new BusSocketOptions { Handover = false });
        var events = new EventLog<SocketEvent>();
        router.Happened += events.Add;
        var endpoint = router.Bind(Endpoint("ipc://*"));
        await using var first = Dealer(new BusSocketOptions { Identity = new PeerIdentity("x") });
        first.Connect(endpoint);
        await events.Until<PeerConnected>().Within();
        await using var second = Dealer(new BusSocketOptions { Identity = new PeerIdentity("x") });
        second.Connect(endpoint);
        Assert.Contains("handover is off", (await events.Until<HandshakeFailed>().Within()).Reason, StringComparison.Ordinal);
        await first.SendAsync("mine"u8.ToArray()).Within();
        Assert.Equal("mine"u8.ToArray(), (await router.ReceiveAsync().Within()).Body.ToArray());
    }

    [Fact]
    public async Task Disconnect_closes_the_connection_of_a_peer_which_may_come_again()
    {
        await using var router = Router();
        var events = new EventLog<SocketEvent>();
        router.Happened += events.Add;
        await using var dealer = Dealer(new BusSocketOptions { Identity = new PeerIdentity("x") });
        dealer.Connect(router.Bind(Endpoint("ipc://*")));
        await events.Until<PeerConnected>().Within();
        Assert.True(router.Disconnect(new PeerIdentity("x"), "for the test"));
        Assert.Equal("for the test", (await events.Until<PeerDisconnected>().Within()).Reason);
        await events.Until<PeerConnected>().Within();
        Assert.False(router.Disconnect(new PeerIdentity("y"), "unknown"));
    }

    [Fact]
    public async Task A_cancelled_receive_takes_no_message()
    {
        await using var router = Router();
        await using var dealer = Dealer();
        dealer.Connect(router.Bind(Endpoint("ipc://*")));
        using var cancel = new CancellationTokenSource();
        var waiting = router.ReceiveAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Within());
        await dealer.SendAsync("kept"u8.ToArray()).Within();
        Assert.Equal("kept"u8.ToArray(), (await router.ReceiveAsync().Within()).Body.ToArray());
    }

    [Fact]
    public async Task Disposing_sends_what_waits()
    {
        await using var router = Router();
        var endpoint = router.Bind(Endpoint("tcp://127.0.0.1:0"));
        var dealer = Dealer(new BusSocketOptions { Linger = TimeSpan.FromSeconds(20) });
        dealer.Connect(endpoint);
        await dealer.SendAsync("first"u8.ToArray()).Within();
        await router.ReceiveAsync().Within();
        await dealer.SendAsync(new byte[16 << 20]).Within();
        await dealer.DisposeAsync().Within();
        Assert.Equal(16 << 20, (await router.ReceiveAsync().Within()).Body.Length);
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused_where_it_is_sent()
    {
        await using var dealer = Dealer(new BusSocketOptions { MaxMessageBytes = 10, MaxFrames = 2 });
        Assert.Throws<MessageTooLargeException>(() => dealer.TrySend(new byte[11]));
        Assert.Throws<ArgumentException>(() => dealer.TrySend());
        Assert.Throws<ArgumentException>(() => dealer.TrySend(new byte[1], new byte[1], new byte[1]));
    }

    [Fact]
    public async Task Many_senders_and_receivers_on_one_socket_lose_nothing()
    {
        const int Each = 2_000;
        await using var router = Router();
        await using var dealer = Dealer(new BusSocketOptions { Identity = new PeerIdentity("d") });
        dealer.Connect(router.Bind(Endpoint("ipc://*")));
        var senders = Enumerable.Range(0, 4).Select(sender => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
            {
                await dealer.SendAsync(BitConverter.GetBytes((sender * Each) + i));
            }
        })).ToArray();
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<int, bool>();
        var all = new TaskCompletionSource();
        var receivers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            await foreach (var message in router.ReadAllAsync())
            {
                Assert.True(seen.TryAdd(BitConverter.ToInt32(message.Body.Span), true));
                if (seen.Count == 4 * Each)
                {
                    all.TrySetResult();
                }
            }
        })).ToArray();
        await Task.WhenAll(senders).Within();
        await all.Task.Within();
        await router.DisposeAsync().Within();
        await Task.WhenAll(receivers).Within();
    }

    [Fact]
    public async Task Disposing_returns_although_a_peer_does_not_take_what_it_is_sent()
    {
        var router = Router(new BusSocketOptions { Linger = TimeSpan.FromMilliseconds(100), SendBytes = 256 << 20 });
        await using var deaf = Dealer(new BusSocketOptions { ReceiveBytes = 1 });
        deaf.Connect(router.Bind(Endpoint("tcp://127.0.0.1:0")));
        await deaf.SendAsync("here"u8.ToArray()).Within();
        var hello = await router.ReceiveAsync().Within();
        for (var i = 0; i < 4; i++)
        {
            await router.SendAsync(hello.Peer!, new byte[16 << 20]).Within();
        }

        await router.DisposeAsync().Within();
    }

    /// <summary>Null: the one of this platform.</summary>
    private protected virtual ITransport? Transport => null;

    /// <summary>Where to bind; the transport may have endpoints of its own instead.</summary>
    private protected virtual string Endpoint(string usual) => usual;

    private RouterSocket Router(BusSocketOptions? options = null) => new(options, Transport, time: null, logs: null);

    private DealerSocket Dealer(BusSocketOptions? options = null) => new(options, Transport, time: null, logs: null);
}
