using System.Net;
using System.Net.Sockets;
using Iarnet.Bus.Tests.Peers;

namespace Iarnet.Bus.Tests.Interop;

/// <summary>Peers whose mechanism or version is not ours: an event, and no harm to the others.</summary>
public sealed class MismatchTests : IDisposable
{
    private const int Attempts = 5;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(10);

    private readonly CurveKeyPair _ours = CurveKeyPair.Generate();
    private readonly CurveKeyPair _theirs = CurveKeyPair.Generate();

    public void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
    }

    [Theory]
    [InlineData("NULL", "curve-client")]
    [InlineData("NULL", "plain-client")]
    [InlineData("PLAIN server", "NULL")]
    [InlineData("PLAIN server", "curve-client")]
    [InlineData("CURVE server", "NULL")]
    [InlineData("CURVE server", "plain-client")]
    [InlineData("CURVE server", "curve-server")]
    [InlineData("PLAIN server", "plain-server")]
    public async Task Who_connects_with_another_mechanism_is_refused_and_the_others_go_on(string ours, string theirs)
    {
        await using var router = new RouterSocket(Options(ours));
        var (events, bad) = (Follow(router), router.Bind("tcp://127.0.0.1:0"));
        await using var good = new DealerSocket(Options(ours.Replace("server", "client", StringComparison.Ordinal)));
        good.Connect(router.Bind("ipc://*"));
        await ComesAndGoesAsync(good, router);
        await using var peer = await StartAsync("connect", bad, theirs);

        // libzmq refuses us too: when it is first, we never learn what it wanted. Two servers wait for each other.
        var reason = theirs.EndsWith("server", StringComparison.Ordinal)
            ? "the handshake took too long"
            : $"the peer wants the mechanism '{theirs.Split('-')[0].ToUpperInvariant()}'|during the handshake .perhaps the peer does not speak {ours.Split(' ')[0]}";

        var failed = await events.Until<HandshakeFailed>().Within();
        Assert.Equal(bad, failed.Endpoint);
        Assert.Matches(reason, failed.Reason);
        await ComesAndGoesAsync(good, router);
        Assert.DoesNotContain(events.All, static happened => happened is PeerDisconnected);
    }

    [Theory]
    [InlineData("NULL", "curve-server")]
    [InlineData("NULL", "plain-server")]
    [InlineData("PLAIN client", "NULL")]
    [InlineData("CURVE client", "NULL")]
    [InlineData("CURVE client", "plain-server")]
    [InlineData("CURVE client", "curve-client")]
    public async Task We_connect_ever_more_rarely_to_who_has_another_mechanism(string ours, string theirs)
    {
        await using var peer = await StartAsync("bind", "tcp://127.0.0.1:*", theirs);
        var failed = await EverMoreRarelyAsync(ours, peer.Endpoint);
        Assert.All(failed, happened => Assert.Matches("the peer wants the mechanism|during the handshake .perhaps the peer does not speak|both ends are a client", happened.Reason));
    }

    [Theory]
    [InlineData("FF00000000000000017F01", "ZMTP 1")]
    [InlineData("FF00000000000000017F02", "ZMTP 2")]
    [InlineData("0100", "does not speak ZMTP 3")]
    [InlineData("485454502F312E3120343030", "does not speak ZMTP 3")]
    public async Task We_connect_ever_more_rarely_to_who_speaks_an_older_version_or_something_else(string hex, string reason)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var stop = new CancellationTokenSource();
        var answering = AnswerAsync(listener, Convert.FromHexString(hex), stop.Token);
        var failed = await EverMoreRarelyAsync("NULL", $"tcp://{listener.LocalEndPoint}");
        Assert.All(failed, happened => Assert.Contains(reason, happened.Reason, StringComparison.Ordinal));
        await stop.CancelAsync();
        await answering.Within();
    }

    private static async Task AnswerAsync(Socket listener, byte[] greeting, CancellationToken cancellationToken)
    {
        var answered = new List<Socket>();
        try
        {
            while (true)
            {
                answered.Add(await listener.AcceptAsync(cancellationToken));
                await answered[^1].SendAsync(greeting, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            answered.ForEach(static socket => socket.Dispose());
        }
    }

    private static async Task ComesAndGoesAsync(DealerSocket dealer, RouterSocket router)
    {
        await dealer.SendAsync("there"u8.ToArray()).Within();
        using var message = await router.ReceiveAsync().Within();
        await router.SendAsync(message.Peer!, "and back"u8.ToArray()).Within();
        (await dealer.ReceiveAsync().Within()).Dispose();
    }

    private static EventLog<SocketEvent> Follow(RouterSocket router)
    {
        var events = new EventLog<SocketEvent>();
        router.Happened += events.Add;
        return events;
    }

    /// <summary>A ROUTER that connects to a peer that is none for it, and to one that is: what is told of the first, and that the second is unharmed.</summary>
    private async Task<List<HandshakeFailed>> EverMoreRarelyAsync(string ours, string bad)
    {
        await using var good = new DealerSocket(Options(ours.Replace("client", "server", StringComparison.Ordinal)));
        await using var router = new RouterSocket(Options(ours));
        var events = Follow(router);
        router.Connect(good.Bind("ipc://*"));
        await ComesAndGoesAsync(good, router);
        router.Connect(bad);
        for (var i = 0; i < Attempts; i++)
        {
            var retried = await events.Until<ConnectRetried>().Within();
            Assert.Equal(bad, retried.Endpoint);
            Assert.InRange(retried.Delay, FirstDelay * (1 << i) / 2, FirstDelay * (1 << i));
        }

        await ComesAndGoesAsync(good, router);
        Assert.DoesNotContain(events.All, static happened => happened is PeerDisconnected);
        var failed = events.All.OfType<HandshakeFailed>().ToList();
        Assert.InRange(failed.Count, Attempts, Attempts + 1);
        return failed;
    }

    private BusSocketOptions Options(string security) => new()
    {
        ReconnectDelay = FirstDelay,
        ReconnectDelayLimit = TimeSpan.FromSeconds(10),
        HandshakeTimeout = security.EndsWith("server", StringComparison.Ordinal) ? TimeSpan.FromMilliseconds(500) : TimeSpan.FromSeconds(10),
        Security = security switch
        {
            "PLAIN server" => BusSecurity.PlainServer(),
            "PLAIN client" => BusSecurity.PlainClient("ann", "secret"),
            "CURVE server" => BusSecurity.CurveServer(_ours),
            "CURVE client" => BusSecurity.CurveClient(_theirs, _ours.PublicKey),
            _ => BusSecurity.None,
        },
        Authenticator = security == "PLAIN server" ? new PlainAuthenticator(new Dictionary<string, string> { ["ann"] = "secret" }) : null,
    };

    private async Task<Started> StartAsync(string how, string endpoint, string role)
    {
        var (peer, line) = role switch
        {
            "NULL" => await PythonPeer.StartAsync("echo.py", how == "bind" ? "ROUTER" : "DEALER", how, endpoint),
            "plain-client" or "plain-server" => await PythonPeer.StartAsync("secure.py", how, endpoint, role, "ann", "secret"),
            "curve-server" => await PythonPeer.StartAsync("secure.py", how, endpoint, role, _theirs.PublicKey.ToString(), _theirs.ExportSecretKey(), "any"),
            _ => await PythonPeer.StartAsync("secure.py", how, endpoint, role, _theirs.PublicKey.ToString(), _theirs.ExportSecretKey(), _ours.PublicKey.ToString()),
        };
        return new Started(peer, line);
    }

    private sealed record Started(ForeignPeer Peer, string Endpoint) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Peer.DisposeAsync();
    }
}
