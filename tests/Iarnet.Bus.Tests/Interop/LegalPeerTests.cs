using Iarnet.Bus.Tests.Peers;

namespace Iarnet.Bus.Tests.Interop;

/// <summary>Which kinds of sockets may talk to each other (RFC 28), with those of libzmq.</summary>
public sealed class LegalPeerTests
{
    [Theory]
    [InlineData("ROUTER", "REP")]
    [InlineData("DEALER", "REQ")]
    public async Task Every_other_kind_that_connects_is_refused_with_an_event(string ours, string other)
    {
        await using var socket = new EitherSocket(ours);
        var kinds = Refused(other).ToDictionary(_ => socket.Bind("ipc://*"));
        var (peers, _) = await PythonPeer.StartAsync("kinds.py", ["connect", .. kinds.SelectMany(static kind => new[] { kind.Value, kind.Key })]);
        await using var disposePeers = peers;
        await EachIsRefusedAsync(socket, ours, kinds);
    }

    [Theory]
    [InlineData("ROUTER", "REP")]
    [InlineData("DEALER", "REQ")]
    public async Task Every_other_kind_that_we_connect_to_is_refused_with_an_event(string ours, string other)
    {
        await using var socket = new EitherSocket(ours);
        string[] refused = Refused(other);
        var (peers, endpoint) = await PythonPeer.StartAsync("kinds.py", ["bind", .. refused.SelectMany(static kind => new[] { kind, "tcp://127.0.0.1:*" })]);
        await using var disposePeers = peers;
        var kinds = new Dictionary<string, string>();
        foreach (var kind in refused)
        {
            kinds.Add(kinds.Count == 0 ? endpoint : await peers.NextLineAsync(), kind);
        }

        kinds.Keys.ToList().ForEach(socket.Connect);
        await EachIsRefusedAsync(socket, ours, kinds);
    }

    [Theory]
    [InlineData("ROUTER", "REP")]
    [InlineData("DEALER", "REQ")]
    public async Task Every_other_kind_is_refused_by_our_end_when_the_peer_does_not_mind(string ours, string other)
    {
        await using var socket = new EitherSocket(ours);
        var endpoint = socket.Bind("ipc://*");
        foreach (var kind in Refused(other))
        {
            using var peer = await RawPeer.JoinAsync(endpoint, kind, "raw");
            Assert.Equal($"the peer is a '{kind}', which a {ours} does not talk to", (await socket.Events.Until<HandshakeFailed>().Within()).Reason);
        }

        Assert.DoesNotContain(socket.Events.All, static happened => happened is PeerConnected);
    }

    [Theory]
    [InlineData("ROUTER", "DEALER", "ROUTER", "REQ")]
    [InlineData("DEALER", "DEALER", "ROUTER", "REP")]
    public async Task Every_kind_that_may_talk_to_ours_is_let_in(string ours, params string[] allowed)
    {
        await using var socket = new EitherSocket(ours);
        var kinds = allowed.ToDictionary(_ => socket.Bind("ipc://*"));
        var (peers, _) = await PythonPeer.StartAsync("kinds.py", ["connect", .. kinds.SelectMany(static kind => new[] { kind.Value, kind.Key })]);
        await using var disposePeers = peers;
        while (kinds.Count > 0)
        {
            kinds.Remove((await socket.Events.Until<PeerConnected>().Within($"{string.Join(", ", kinds.Values)} to be let in")).Endpoint);
        }

        Assert.DoesNotContain(socket.Events.All, static happened => happened is HandshakeFailed or PeerDisconnected);
    }

    private static string[] Refused(string other) => ["PUB", "SUB", "PUSH", "PULL", "PAIR", "XPUB", "XSUB", other];

    private static async Task EachIsRefusedAsync(EitherSocket socket, string ours, Dictionary<string, string> kinds)
    {
        var waiting = new Dictionary<string, string>(kinds);
        while (waiting.Count > 0)
        {
            var failed = await socket.Events.Until<HandshakeFailed>().Within($"{string.Join(", ", waiting.Values)} to be refused");

            // libzmq refuses us too. When it is first, we never learn what it is.
            Assert.Matches($"the peer is a '{kinds[failed.Endpoint]}', which a {ours} does not talk to|during the handshake .perhaps .* does not talk to a {ours}", failed.Reason);
            waiting.Remove(failed.Endpoint);
        }

        Assert.DoesNotContain(socket.Events.All, static happened => happened is PeerConnected);
    }
}
