namespace Iarnet.Bus.Tests.Sockets;

/// <summary>PLAIN and CURVE through the sockets. The mechanisms themselves are tested beside them, against libzmq too.</summary>
public sealed class SecureSocketTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1:0")]
    [InlineData("ipc://*")]
    [InlineData("inproc://curve")]
    public async Task Curve_carries_messages_of_every_size_both_ways(string endpoint)
    {
        using var server = CurveKeyPair.Generate();
        using var client = CurveKeyPair.Generate();
        await using var router = new RouterSocket(new BusSocketOptions
        {
            Security = BusSecurity.CurveServer(server),
            Authenticator = new CurveAuthenticator([client.PublicKey]),
            HeartbeatInterval = TimeSpan.FromMilliseconds(20),
        });
        var events = new EventLog<SocketEvent>();
        router.Happened += events.Add;
        await using var dealer = new DealerSocket(new BusSocketOptions
        {
            Security = BusSecurity.CurveClient(client, server.PublicKey),
            Metadata = new Dictionary<string, string> { ["zone"] = "north" },
        });
        dealer.Connect(router.Bind(endpoint));
        var random = new SeededRandom(3);
        foreach (var size in new[] { 0, 1, 222, 223, 255, 256, 4063, 4064, 5000, 70_000, 1_500_000 })
        {
            var one = new byte[size];
            random.NextBytes(one);
            ReadOnlyMemory<byte>[] frames = [one, ReadOnlyMemory<byte>.Empty, one];
            for (var i = 0; i < 5; i++)
            {
                await dealer.SendAsync(frames).Within();
            }

            for (var i = 0; i < 5; i++)
            {
                using var message = await router.ReceiveAsync().Within();
                Assert.Equal(3, message.FrameCount);
                Assert.True(message[0].Span.SequenceEqual(one), $"{size} bytes changed on the way");
                Assert.True(message[2].Span.SequenceEqual(one), $"{size} bytes changed on the way");
                await router.SendAsync(message.Peer!, message.ToFrames()).Within();
                using var back = await dealer.ReceiveAsync().Within();
                Assert.True(back[2].Span.SequenceEqual(one), $"{size} bytes changed on the way back");
            }
        }

        var connected = await events.Until<PeerConnected>().Within();
        Assert.Contains(client.PublicKey.ToString(), connected.Principal, StringComparison.Ordinal);
        Assert.Equal("north", connected.Metadata["zone"]);
        Assert.Empty(events.All.OfType<PeerDisconnected>());
    }

    [Fact]
    public async Task A_key_or_password_that_is_not_known_is_refused_with_an_event()
    {
        using var server = CurveKeyPair.Generate();
        using var stranger = CurveKeyPair.Generate();
        await using var curve = new RouterSocket(new BusSocketOptions { Security = BusSecurity.CurveServer(server), Authenticator = new CurveAuthenticator([server.PublicKey]) });
        await AssertRefusedAsync(curve, BusSecurity.CurveClient(stranger, server.PublicKey), "refused");
        await using var wrongServer = new RouterSocket(new BusSocketOptions { Security = BusSecurity.CurveServer(server) });
        await AssertRefusedAsync(wrongServer, BusSecurity.CurveClient(stranger, stranger.PublicKey), "");
        await using var plain = new RouterSocket(new BusSocketOptions
        {
            Security = BusSecurity.PlainServer(),
            Authenticator = new PlainAuthenticator(new Dictionary<string, string> { ["ann"] = "secret" }),
        });
        await AssertRefusedAsync(plain, BusSecurity.PlainClient("ann", "guess"), "refused");
        await using var null_ = new RouterSocket();
        await AssertRefusedAsync(null_, BusSecurity.PlainClient("ann", "secret"), "mechanism");
    }

    [Fact]
    public async Task An_identity_is_taken_over_only_by_who_proves_to_be_the_same()
    {
        await using var router = new RouterSocket(new BusSocketOptions
        {
            Security = BusSecurity.PlainServer(),
            Authenticator = new PlainAuthenticator(new Dictionary<string, string> { ["ann"] = "a", ["bob"] = "b" }),
        });
        var events = new EventLog<SocketEvent>();
        router.Happened += events.Add;
        var endpoint = router.Bind("ipc://*");
        await using var ann = Worker("ann", "a", endpoint);
        await ann.SendAsync("1"u8.ToArray()).Within();
        (await router.ReceiveAsync().Within()).Dispose();
        await using var thief = Worker("bob", "b", endpoint);
        Assert.Contains("belongs to", (await events.Until<HandshakeFailed>().Within()).Reason, StringComparison.Ordinal);
        await ann.SendAsync("2"u8.ToArray()).Within();
        (await router.ReceiveAsync().Within()).Dispose();
        await using var annAgain = Worker("ann", "a", endpoint);
        Assert.Contains("took its place", (await events.Until<PeerDisconnected>().Within()).Reason, StringComparison.Ordinal);

        static DealerSocket Worker(string user, string password, string endpoint)
        {
            var socket = new DealerSocket(new BusSocketOptions
            {
                Identity = new PeerIdentity("worker"),
                Security = BusSecurity.PlainClient(user, password),
                ReconnectDelay = TimeSpan.FromSeconds(20),
                ReconnectDelayLimit = TimeSpan.FromSeconds(20),
            });
            socket.Connect(endpoint);
            return socket;
        }
    }

    [Fact]
    public async Task An_authenticator_that_thinks_too_long_or_throws_lets_nobody_in()
    {
        await using var slow = new RouterSocket(new BusSocketOptions
        {
            Security = BusSecurity.PlainServer(),
            Authenticator = new Deciding(async token =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return AuthenticationResult.Accept("");
            }),
            HandshakeTimeout = TimeSpan.FromMilliseconds(200),
        });
        await AssertRefusedAsync(slow, BusSecurity.PlainClient("a", "b"), "too long");
        await using var throwing = new RouterSocket(new BusSocketOptions
        {
            Security = BusSecurity.PlainServer(),
            Authenticator = new Deciding(_ => throw new InvalidOperationException("no database")),
        });
        await AssertRefusedAsync(throwing, BusSecurity.PlainClient("a", "b"), "no database");
    }

    private static async Task AssertRefusedAsync(RouterSocket router, BusSecurity client, string reason)
    {
        var events = new EventLog<SocketEvent>();
        router.Happened += events.Add;
        await using var dealer = new DealerSocket(new BusSocketOptions { Security = client, ReconnectDelay = TimeSpan.FromSeconds(20), ReconnectDelayLimit = TimeSpan.FromSeconds(20) });
        dealer.Connect(router.Bind("tcp://127.0.0.1:0"));
        Assert.Contains(reason, (await events.Until<HandshakeFailed>().Within()).Reason, StringComparison.Ordinal);
        Assert.Empty(router.Peers);
    }

    private sealed class Deciding(Func<CancellationToken, Task<AuthenticationResult>> decide) : IAuthenticator
    {
        public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken ct) => new(decide(ct));
    }
}
