using Iarnet.Bus.Tests.Peers;

namespace Iarnet.Bus.Tests.Sockets;

public sealed class LibzmqInteropTests
{
    public static TheoryData<string> Wildcards => new() { "tcp://127.0.0.1:*", "ipc://*", "ipc://@iarnet-interop" };

    [Theory]
    [MemberData(nameof(Wildcards))]
    public async Task Our_dealer_talks_to_a_router_of_libzmq(string wildcard)
    {
        var (python, endpoint) = await PythonPeer.StartAsync("echo.py", "ROUTER", "bind", wildcard);
        await using var disposePython = python;
        await using var dealer = new DealerSocket(new BusSocketOptions { Identity = new PeerIdentity("worker-1") });
        dealer.Connect(endpoint);
        await Shapes.ComeBackAsync(
            frames => dealer.SendAsync(frames).Within(),
            async () => (await dealer.ReceiveAsync().Within()).ToFrames());
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:0")]
    [InlineData("ipc://*")]
    [InlineData("ipc://@iarnet-interop-2")]
    public async Task Our_router_talks_to_a_dealer_of_libzmq(string endpoint)
    {
        await using var router = new RouterSocket();
        var (python, _) = await PythonPeer.StartAsync("echo.py", "DEALER", "connect", router.Bind(endpoint), "py");
        await using var disposePython = python;
        var hello = await router.ReceiveAsync().Within();
        Assert.Equal(new PeerIdentity("py"), hello.Peer);
        await Shapes.ComeBackAsync(
            frames => router.SendAsync(hello.Peer!, frames).Within(),
            async () => (await router.ReceiveAsync().Within()).ToFrames());
    }

    [Fact]
    public async Task A_dealer_of_libzmq_without_identity_is_given_one_that_cannot_be_guessed()
    {
        await using var router = new RouterSocket();
        var (python, _) = await PythonPeer.StartAsync("echo.py", "DEALER", "connect", router.Bind("ipc://*"));
        await using var disposePython = python;
        var hello = await router.ReceiveAsync().Within();
        Assert.Equal(0, hello.Peer!.Bytes.Span[0]);
        Assert.Equal(9, hello.Peer.Bytes.Length);
        await router.SendAsync(hello.Peer, "back"u8.ToArray()).Within();
        Assert.Equal("back"u8.ToArray(), (await router.ReceiveAsync().Within()).Body.ToArray());
    }

    [Fact]
    public async Task Our_dealer_connects_again_to_a_router_that_was_killed_and_started_anew()
    {
        var path = Path.Combine(Path.GetTempPath(), $"iarnet-again-{Environment.ProcessId}");
        var (first, endpoint) = await PythonPeer.StartAsync("echo.py", "ROUTER", "bind", "ipc://" + path);
        await using var disposeFirst = first;
        await using var dealer = new DealerSocket(new BusSocketOptions { ReconnectDelayLimit = TimeSpan.FromMilliseconds(200) });
        var events = new EventLog<SocketEvent>();
        dealer.Happened += events.Add;
        dealer.Connect(endpoint);
        await dealer.SendAsync("one"u8.ToArray()).Within();
        Assert.Equal("one"u8.ToArray(), (await dealer.ReceiveAsync().Within()).Body.ToArray());

        await first.KillAsync();
        await events.Until<PeerDisconnected>().Within();
        // Sent while nobody is there: it waits for the next connection.
        await dealer.SendAsync("two"u8.ToArray()).Within();
        await events.Until<ConnectRetried>().Within();
        var (second, _) = await PythonPeer.StartAsync("echo.py", "ROUTER", "bind", "ipc://" + path);
        await using var disposeSecond = second;
        Assert.Equal("two"u8.ToArray(), (await dealer.ReceiveAsync().Within()).Body.ToArray());
        File.Delete(path);
    }

    [Fact]
    public async Task A_dealer_of_libzmq_that_was_killed_and_started_anew_takes_its_identity_over()
    {
        await using var router = new RouterSocket();
        var endpoint = router.Bind("tcp://127.0.0.1:0");
        var (first, _) = await PythonPeer.StartAsync("echo.py", "DEALER", "connect", endpoint, "same");
        await using var disposeFirst = first;
        Assert.Equal(new PeerIdentity("same"), (await router.ReceiveAsync().Within()).Peer);
        var events = new EventLog<SocketEvent>();
        router.Happened += events.Add;

        // The first is alive: the second takes its place all the same, and the first is cut off (it then fights for it).
        var (second, _) = await PythonPeer.StartAsync("echo.py", "DEALER", "connect", endpoint, "same");
        await using var disposeSecond = second;
        var cut = await events.Until<PeerDisconnected>().Within();
        Assert.Contains("took its place", cut.Reason, StringComparison.Ordinal);
        await first.KillAsync();
        Assert.Equal("hello"u8.ToArray(), (await router.ReceiveAsync().Within()).Body.ToArray());
    }

    [Fact]
    public async Task Twenty_thousand_messages_of_libzmq_come_back_in_order()
    {
        const int Count = 20_000;
        var (python, endpoint) = await PythonPeer.StartAsync("echo.py", "ROUTER", "bind", "ipc://*");
        await using var disposePython = python;
        await using var dealer = new DealerSocket();
        dealer.Connect(endpoint);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
            {
                await dealer.SendAsync(BitConverter.GetBytes(i));
            }
        });
        for (var i = 0; i < Count; i++)
        {
            Assert.Equal(i, BitConverter.ToInt32((await dealer.ReceiveAsync().Within()).Body.Span));
        }

        await sending.Within();
    }

    [Fact]
    public async Task Heartbeats_of_both_sides_keep_an_idle_connection_with_libzmq_alive()
    {
        var options = new BusSocketOptions { HeartbeatInterval = TimeSpan.FromMilliseconds(20), HeartbeatTimeout = TimeSpan.FromMilliseconds(500) };
        await using var router = new RouterSocket(options);
        var lost = new EventLog<SocketEvent>();
        router.Happened += lost.Add;
        var (python, _) = await PythonPeer.StartAsync("heartbeat.py", router.Bind("tcp://127.0.0.1:0"));
        await using var disposePython = python;
        var hello = await router.ReceiveAsync().Within();
        // The program waits for ten of its own heartbeats, then says whether its monitor saw a disconnect.
        Assert.Equal("still connected", await python.NextLineAsync());
        Assert.DoesNotContain(lost.All, static e => e is PeerDisconnected);
        Assert.NotNull(hello.Peer);
    }
}
