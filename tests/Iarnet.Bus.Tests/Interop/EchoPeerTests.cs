using Iarnet.Bus.Tests.Faults;
using Iarnet.Bus.Tests.Peers;

namespace Iarnet.Bus.Tests.Interop;

/// <summary>What holds with every foreign implementation whose program takes the arguments of Peers/echo.c.</summary>
public abstract class EchoPeerTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1:*", "bind")]
    [InlineData("ipc://*", "bind")]
    [InlineData("tcp://127.0.0.1:0", "connect")]
    [InlineData("ipc://*", "connect")]
    public async Task Our_dealer_talks_to_their_router(string endpoint, string how)
    {
        await using var dealer = new DealerSocket(new BusSocketOptions { Identity = new PeerIdentity("ours") });
        var (peer, line) = await StartAsync("ROUTER", how, how == "bind" ? endpoint : dealer.Bind(endpoint));
        await using var disposePeer = peer;
        if (how == "bind")
        {
            dealer.Connect(line);
        }

        await ShapesComeBackAsync(dealer);
        Assert.Equal(Convert.ToHexStringLower("ours"u8), await peer.NextLineAsync());
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:*", "bind")]
    [InlineData("ipc://*", "bind")]
    [InlineData("tcp://127.0.0.1:0", "connect")]
    [InlineData("ipc://*", "connect")]
    public async Task Our_router_talks_to_their_dealer(string endpoint, string how)
    {
        await using var router = new RouterSocket();
        var (peer, line) = await StartAsync("DEALER", how, how == "bind" ? endpoint : router.Bind(endpoint), "identity=theirs");
        await using var disposePeer = peer;
        if (how == "bind")
        {
            router.Connect(line);
        }

        Assert.Equal(new PeerIdentity("theirs"), (await router.ReceiveAsync().Within()).Peer);
        await ShapesComeBackAsync(router, new PeerIdentity("theirs"));
    }

    [Fact]
    public async Task Their_REQ_asks_our_router_one_question_at_a_time()
    {
        await using var router = new RouterSocket();
        var (peer, _) = await StartAsync("REQ", "connect", router.Bind("ipc://*"), "identity=asking");
        await using var disposePeer = peer;
        var asking = new PeerIdentity("asking");
        var asked = "hello"u8.ToArray();
        for (var i = 0; i < 50; i++)
        {
            using var question = await router.ReceiveAsync().Within();
            Assert.Equal(asking, question.Peer);
            Assert.Equal([[], asked], question.ToFrames().Select(static frame => frame.ToArray()));
            Assert.False(router.TryReceive(out _), "a second question came before the first was answered");
            asked = BitConverter.GetBytes(i);
            await router.SendAsync(asking, [ReadOnlyMemory<byte>.Empty, asked]).Within();
        }
    }

    [Fact]
    public async Task Their_REP_answers_our_dealer_with_the_whole_envelope_back()
    {
        await using var dealer = new DealerSocket();
        var (peer, endpoint) = await StartAsync("REP", "bind", "ipc://*");
        await using var disposePeer = peer;
        dealer.Connect(endpoint);
        for (var i = 0; i < 50; i++)
        {
            var frames = new ReadOnlyMemory<byte>[] { "from"u8.ToArray(), BitConverter.GetBytes(i), ReadOnlyMemory<byte>.Empty, BitConverter.GetBytes(-i), ReadOnlyMemory<byte>.Empty };
            var from = i % 3;
            await dealer.SendAsync(frames[from..]).Within();
            using var answer = await dealer.ReceiveAsync().Within();
            Assert.Equal(frames[from..].Select(static frame => frame.ToArray()), answer.ToFrames().Select(static frame => frame.ToArray()));
        }
    }

    [Fact]
    public async Task Our_server_of_plain_lets_their_client_in()
    {
        await using var router = new RouterSocket(PlainServer());
        var events = Follow(router);
        var (peer, _) = await StartAsync("DEALER", "connect", router.Bind("tcp://127.0.0.1:0"), "identity=theirs", "plain-client=ann:secret");
        await using var disposePeer = peer;
        Assert.Equal("PLAIN:ann", (await events.Until<PeerConnected>().Within()).Principal);
        (await router.ReceiveAsync().Within()).Dispose();
        await ShapesComeBackAsync(router, new PeerIdentity("theirs"));
    }

    [Fact]
    public async Task Our_server_of_plain_refuses_their_client()
    {
        await using var router = new RouterSocket(PlainServer());
        var events = Follow(router);
        var (peer, _) = await StartAsync("DEALER", "connect", router.Bind("tcp://127.0.0.1:0"), "plain-client=ann:guess");
        await using var disposePeer = peer;
        Assert.Contains("wrong password", (await events.Until<HandshakeFailed>().Within()).Reason, StringComparison.Ordinal);
        Assert.Empty(router.Peers);
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("guess")]
    public async Task Their_server_of_plain_decides_about_our_client(string password)
    {
        var (peer, endpoint) = await StartAsync("ROUTER", "bind", "tcp://127.0.0.1:*", "plain-server=ann:secret");
        await using var disposePeer = peer;
        await using var dealer = new DealerSocket(new BusSocketOptions { Security = BusSecurity.PlainClient("ann", password) });
        var events = new EventLog<SocketEvent>();
        dealer.Happened += events.Add;
        dealer.Connect(endpoint);
        if (password == "secret")
        {
            await ShapesComeBackAsync(dealer);
        }
        else
        {
            Assert.Contains("refused our credentials", (await events.Until<HandshakeFailed>().Within()).Reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:0")]
    [InlineData("ipc://*")]
    public async Task Our_server_of_curve_talks_to_their_client(string endpoint)
    {
        using var keys = CurveKeyPair.Generate();
        await using var router = new RouterSocket(new BusSocketOptions { Security = BusSecurity.CurveServer(keys) });
        var events = Follow(router);
        var (peer, line) = await StartAsync("DEALER", "connect", router.Bind(endpoint), "identity=theirs", $"curve-client={keys.PublicKey}");
        await using var disposePeer = peer;
        Assert.Equal($"CURVE:{line.Split(' ')[1]}", (await events.Until<PeerConnected>().Within()).Principal);
        (await router.ReceiveAsync().Within()).Dispose();
        await ShapesComeBackAsync(router, new PeerIdentity("theirs"));
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:*")]
    [InlineData("ipc://*")]
    public async Task Their_server_of_curve_talks_to_our_client(string endpoint)
    {
        using var keys = CurveKeyPair.Generate();
        var (peer, line) = await StartAsync("ROUTER", "bind", endpoint, "curve-server");
        await using var disposePeer = peer;
        await using var dealer = new DealerSocket(new BusSocketOptions { Security = BusSecurity.CurveClient(keys, CurveKey.Parse(line.Split(' ')[1])) });
        dealer.Connect(line.Split(' ')[0]);
        await ShapesComeBackAsync(dealer);
    }

    [Fact]
    public async Task Heartbeats_of_both_ends_keep_an_idle_connection_and_end_that_of_a_stopped_process()
    {
        var silence = TimeSpan.FromMilliseconds(800);
        await using var router = new RouterSocket(new BusSocketOptions { HeartbeatInterval = TimeSpan.FromMilliseconds(20), HeartbeatTimeout = silence });
        var events = Follow(router);
        var (peer, _) = await StartAsync("DEALER", "connect", router.Bind("tcp://127.0.0.1:0"), "identity=theirs", "heartbeat=800");
        await using var disposePeer = peer;
        await events.Until<PeerConnected>().Within();

        // Each end drops the other after 800 ms without a sign of life. Idle for twice that, only PINGs and PONGs show that they live.
        var lost = events.Until<PeerDisconnected>();
        await Task.WhenAny(lost, Task.Delay(2 * silence));
        Assert.False(lost.IsCompleted, "an idle connection was dropped");

        await Signals.StopAsync(peer.Id);
        Assert.Contains("nothing was received", (await lost.Within()).Reason, StringComparison.Ordinal);
        await Signals.ContinueAsync(peer.Id);
        Assert.Equal(new PeerIdentity("theirs"), (await events.Until<PeerConnected>().Within()).Peer);
    }

    /// <summary>Starts the program and returns the first line that it prints: its endpoint, and with CURVE its public key.</summary>
    private protected abstract Task<(ForeignPeer Peer, string FirstLine)> StartAsync(params string[] arguments);

    private static BusSocketOptions PlainServer() => new()
    {
        Security = BusSecurity.PlainServer(),
        Authenticator = new PlainAuthenticator(new Dictionary<string, string> { ["ann"] = "secret" }),
    };

    private static EventLog<SocketEvent> Follow(RouterSocket router)
    {
        var events = new EventLog<SocketEvent>();
        router.Happened += events.Add;
        return events;
    }

    private static Task ShapesComeBackAsync(DealerSocket dealer) => Shapes.ComeBackAsync(
        frames => dealer.SendAsync(frames).Within(),
        async () => (await dealer.ReceiveAsync().Within()).ToFrames());

    private static Task ShapesComeBackAsync(RouterSocket router, PeerIdentity peer) => Shapes.ComeBackAsync(
        frames => router.SendAsync(peer, frames).Within(),
        async () => (await router.ReceiveAsync().Within()).ToFrames());
}
