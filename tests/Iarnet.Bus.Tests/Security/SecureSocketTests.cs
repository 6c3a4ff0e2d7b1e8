using Iarnet.Bus.Tests.Peers;

namespace Iarnet.Bus.Tests.Security;

public sealed class SecureSocketTests : IDisposable
{
    private readonly CurveKeyPair _routerKeys = CurveKeyPair.Generate();
    private readonly CurveKeyPair _dealerKeys = CurveKeyPair.Generate();
    private readonly CurveKeyPair _otherKeys = CurveKeyPair.Generate();

    public void Dispose()
    {
        _routerKeys.Dispose();
        _dealerKeys.Dispose();
        _otherKeys.Dispose();
    }

    [Theory]
    [InlineData("NULL", "tcp://127.0.0.1:0")]
    [InlineData("PLAIN", "tcp://127.0.0.1:0")]
    [InlineData("CURVE", "tcp://127.0.0.1:0")]
    [InlineData("CURVE", "ipc://*")]
    public async Task Every_shape_comes_back_between_our_ends(string mechanism, string endpoint)
    {
        await using var router = new RouterSocket(Server(mechanism));
        await using var dealer = new DealerSocket(Client(mechanism, "d"));
        dealer.Connect(router.Bind(endpoint));
        await dealer.SendAsync("hello"u8.ToArray()).AsTask().Within();
        using (var hello = await router.ReceiveAsync().Within())
        {
            Assert.Equal(new PeerIdentity("d"), hello.Peer);
        }

        var echo = Task.Run(async () =>
        {
            await foreach (var message in router.ReadAllAsync())
            {
                await router.SendAsync(message.Peer!, message.ToFrames());
                message.Dispose();
            }
        });
        await EveryShapeComesBack(dealer);
        await router.DisposeAsync();
        await echo.Within();
    }

    [Fact]
    public async Task Our_dealer_talks_to_a_router_of_libzmq()
    {
        var (python, endpoint) = await PythonPeer.StartAsync(
            "secure.py", "bind", "tcp://127.0.0.1:*", "curve-server", _routerKeys.PublicKey.ToString(), _routerKeys.ExportSecretKey(), "any");
        await using var disposePython = python;
        await using var dealer = new DealerSocket(Client("CURVE", "ours"));
        dealer.Connect(endpoint);
        await EveryShapeComesBack(dealer);
    }

    [Fact]
    public async Task Our_router_talks_to_a_dealer_of_libzmq()
    {
        await using var router = new RouterSocket(Server("CURVE"));
        var endpoint = router.Bind("tcp://127.0.0.1:0");
        var events = new EventLog<SocketEvent>();
        router.Happened += events.Add;
        var (python, _) = await PythonPeer.StartAsync(
            "secure.py", "connect", endpoint, "curve-client", _dealerKeys.PublicKey.ToString(), _dealerKeys.ExportSecretKey(), _routerKeys.PublicKey.ToString());
        await using var disposePython = python;
        var connected = await events.Until<PeerConnected>().Within();
        Assert.Equal($"CURVE:{_dealerKeys.PublicKey}", connected.Principal);
        var random = new Random(1);
        foreach (var size in new[] { 0, 5, 222, 223, 100 * 1024, 1 << 20 })
        {
            var frames = new ReadOnlyMemory<byte>[] { new byte[3], new byte[size] };
            random.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsMemory(frames[1]).Span);
            await router.SendAsync(connected.Peer, frames).AsTask().Within();
            using var back = await router.ReceiveAsync().Within();
            Assert.Equal(2, back.FrameCount);
            Assert.True(back[1].Span.SequenceEqual(frames[1].Span));
        }
    }

    [Fact]
    public async Task A_key_that_is_not_let_in_is_told_so_at_both_ends()
    {
        await using var router = new RouterSocket(Server("CURVE"));
        var routerEvents = new EventLog<SocketEvent>();
        router.Happened += routerEvents.Add;
        await using var dealer = new DealerSocket(new BusSocketOptions { Security = BusSecurity.CurveClient(_otherKeys, _routerKeys.PublicKey) });
        var dealerEvents = new EventLog<SocketEvent>();
        dealer.Happened += dealerEvents.Add;
        dealer.Connect(router.Bind("tcp://127.0.0.1:0"));
        Assert.Contains(_otherKeys.PublicKey.ToString(), (await routerEvents.Until<HandshakeFailed>().Within()).Reason, StringComparison.Ordinal);
        Assert.Contains("refused our credentials", (await dealerEvents.Until<HandshakeFailed>().Within()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dealer_talks_to_no_other_server()
    {
        await using var router = new RouterSocket(Server("CURVE"));
        var events = new EventLog<SocketEvent>();
        router.Happened += events.Add;
        await using var dealer = new DealerSocket(new BusSocketOptions { Security = BusSecurity.CurveClient(_dealerKeys, _otherKeys.PublicKey) });
        dealer.Connect(router.Bind("tcp://127.0.0.1:0"));
        Assert.Contains("another key", (await events.Until<HandshakeFailed>().Within()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        await using var router = new RouterSocket(Server("PLAIN"));
        var events = new EventLog<SocketEvent>();
        router.Happened += events.Add;
        await using var dealer = new DealerSocket(new BusSocketOptions { Security = BusSecurity.PlainClient("ann", "wrong") });
        dealer.Connect(router.Bind("tcp://127.0.0.1:0"));
        Assert.Contains("wrong password for the user 'ann'", (await events.Until<HandshakeFailed>().Within()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_identity_cannot_be_taken_over_with_another_key()
    {
        await using var router = new RouterSocket(new BusSocketOptions { Security = BusSecurity.CurveServer(_routerKeys) });
        var events = new EventLog<SocketEvent>();
        router.Happened += events.Add;
        var endpoint = router.Bind("tcp://127.0.0.1:0");
        await using var owner = new DealerSocket(Client("CURVE", "worker"));
        owner.Connect(endpoint);
        var connected = await events.Until<PeerConnected>().Within();
        await using var thief = new DealerSocket(new BusSocketOptions
        {
            Identity = new PeerIdentity("worker"),
            Security = BusSecurity.CurveClient(_otherKeys, _routerKeys.PublicKey),
        });
        thief.Connect(endpoint);
        Assert.Contains(_otherKeys.PublicKey.ToString(), (await events.Until<HandshakeFailed>().Within()).Reason, StringComparison.Ordinal);
        await router.SendAsync(connected.Peer, "for the owner"u8.ToArray()).AsTask().Within();
        using var received = await owner.ReceiveAsync().Within();
        Assert.Equal("for the owner"u8.ToArray(), received.ToArray());
    }

    private static async Task EveryShapeComesBack(DealerSocket dealer)
    {
        var random = new Random(2);
        foreach (var sizes in new int[][] { [5], [0], [3, 0, 4], [222], [223], [4063], [4064], [100 * 1024], [1, 100 * 1024, 2], [1 << 20] })
        {
            var frames = sizes.Select(size =>
            {
                var frame = new byte[size];
                random.NextBytes(frame);
                return (ReadOnlyMemory<byte>)frame;
            }).ToArray();
            await dealer.SendAsync(frames).AsTask().Within();
            using var back = await dealer.ReceiveAsync().Within($"{sizes.Length} frames, the first of {sizes[0]} bytes");
            Assert.Equal(frames.Select(frame => frame.ToArray()), back.ToFrames().Select(frame => frame.ToArray()));
        }

        // Many at once, so that frames are sealed and opened by the batch.
        const int Many = 5000;
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Many; i++)
            {
                await dealer.SendAsync(BitConverter.GetBytes(i));
            }
        });
        for (var i = 0; i < Many; i++)
        {
            using var back = await dealer.ReceiveAsync().Within($"message {i}");
            Assert.Equal(i, BitConverter.ToInt32(back.Body.Span));
        }

        await sending.Within();
    }

    private BusSocketOptions Server(string mechanism) => mechanism == "NULL" ? new BusSocketOptions() : mechanism == "PLAIN"
        ? new BusSocketOptions
        {
            Security = BusSecurity.PlainServer(),
            Authenticator = new PlainAuthenticator(new Dictionary<string, string> { ["ann"] = "secret" }),
        }
        : new BusSocketOptions
        {
            Security = BusSecurity.CurveServer(_routerKeys),
            Authenticator = new CurveAuthenticator([_dealerKeys.PublicKey]),
        };

    private BusSocketOptions Client(string mechanism, string identity) => new()
    {
        Identity = new PeerIdentity(identity),
        Security = mechanism == "NULL" ? BusSecurity.None : mechanism == "PLAIN" ? BusSecurity.PlainClient("ann", "secret") : BusSecurity.CurveClient(_dealerKeys, _routerKeys.PublicKey),
    };
}
