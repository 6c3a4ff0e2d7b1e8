using System.Net;
using System.Net.Sockets;
using Iarnet.Bus.Connections;
using Iarnet.Bus.Tests.Peers;

namespace Iarnet.Bus.Tests.Security;

public sealed class LibzmqSecurityTests : IDisposable
{
    private static readonly PlainAuthenticator Ann = new(new Dictionary<string, string> { ["ann"] = "secret" });

    private readonly CurveKeyPair _ours = CurveKeyPair.Generate();
    private readonly CurveKeyPair _theirs = CurveKeyPair.Generate();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public LibzmqSecurityTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    private string Endpoint => $"tcp://{_listener.LocalEndPoint}";

    public void Dispose()
    {
        _listener.Dispose();
        _ours.Dispose();
        _theirs.Dispose();
    }

    [Fact]
    public async Task Our_client_of_plain_is_let_in_by_libzmq()
    {
        var (python, endpoint) = await PythonPeer.StartAsync("secure.py", "bind", "tcp://127.0.0.1:*", "plain-server", "ann", "secret");
        await using var disposePython = python;
        using var link = await SecureLink.ConnectAsync(endpoint, BusSecurity.PlainClient("ann", "secret"));
        await link.ShakeHandsAsync();
        await EveryShapeComesBack(link);
    }

    [Fact]
    public async Task Our_client_of_plain_with_a_wrong_password_is_refused_by_libzmq()
    {
        var (python, endpoint) = await PythonPeer.StartAsync("secure.py", "bind", "tcp://127.0.0.1:*", "plain-server", "ann", "secret");
        await using var disposePython = python;
        using var link = await SecureLink.ConnectAsync(endpoint, BusSecurity.PlainClient("ann", "wrong"));
        var error = await Assert.ThrowsAsync<ProtocolException>(() => link.ShakeHandsAsync());
        Assert.Equal("the peer refused our credentials (code 400)", error.Message);
        Assert.True(link.Mechanism.RefusedByPeer);
    }

    [Fact]
    public async Task Our_server_of_plain_lets_libzmq_in()
    {
        var (python, _) = await PythonPeer.StartAsync("secure.py", "connect", Endpoint, "plain-client", "ann", "secret");
        await using var disposePython = python;
        using var link = await SecureLink.AcceptAsync(_listener, BusSecurity.PlainServer());
        await link.ShakeHandsAsync(Ann);
        Assert.Equal("PLAIN:ann", link.Mechanism.Credentials!.Principal);
        Assert.Equal("shaken 0", await python.NextLineAsync());
        await EveryShapeComesBack(link);
    }

    [Fact]
    public async Task Our_server_of_plain_refuses_libzmq()
    {
        var (python, _) = await PythonPeer.StartAsync("secure.py", "connect", Endpoint, "plain-client", "ann", "wrong");
        await using var disposePython = python;
        using var link = await SecureLink.AcceptAsync(_listener, BusSecurity.PlainServer());
        var error = await Assert.ThrowsAsync<ProtocolException>(() => link.ShakeHandsAsync(Ann));
        Assert.Equal("wrong password for the user 'ann'", error.Message);

        // ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND: libzmq knows ERROR by a wrong name in PLAIN; it goes away all the same.
        Assert.Equal($"protocol {0x10000001}", await python.NextLineAsync());
    }

    [Fact]
    public async Task Our_client_of_curve_talks_to_libzmq()
    {
        var (python, endpoint) = await CurveServerAsync("any");
        await using var disposePython = python;
        using var link = await SecureLink.ConnectAsync(endpoint, BusSecurity.CurveClient(_ours, _theirs.PublicKey));
        await link.ShakeHandsAsync();
        Assert.Equal("shaken 0", await python.NextLineAsync());
        await EveryShapeComesBack(link);
    }

    [Fact]
    public async Task Our_client_of_curve_is_refused_by_libzmq()
    {
        var (python, endpoint) = await CurveServerAsync("nobody");
        await using var disposePython = python;
        using var link = await SecureLink.ConnectAsync(endpoint, BusSecurity.CurveClient(_ours, _theirs.PublicKey));
        await Assert.ThrowsAsync<ProtocolException>(() => link.ShakeHandsAsync());
        Assert.True(link.Mechanism.RefusedByPeer);
    }

    [Fact]
    public async Task Our_client_of_curve_with_the_key_of_another_server_is_cut_off_by_libzmq()
    {
        var (python, endpoint) = await CurveServerAsync("any");
        await using var disposePython = python;
        using var link = await SecureLink.ConnectAsync(endpoint, BusSecurity.CurveClient(_ours, _ours.PublicKey));
        await Assert.ThrowsAsync<EndOfStreamException>(() => link.ShakeHandsAsync());
    }

    [Fact]
    public async Task Our_server_of_curve_talks_to_libzmq()
    {
        var python = await CurveClientAsync(_ours.PublicKey);
        await using var disposePython = python;
        using var link = await SecureLink.AcceptAsync(_listener, BusSecurity.CurveServer(_ours));
        await link.ShakeHandsAsync(new CurveAuthenticator([_theirs.PublicKey]));
        Assert.Equal($"CURVE:{_theirs.PublicKey}", link.Mechanism.Credentials!.Principal);
        Assert.Equal(Handshakes.Block("DEALER", "py"u8), link.Mechanism.PeerMetadata.ToArray());
        Assert.Equal("shaken 0", await python.NextLineAsync());
        await EveryShapeComesBack(link);
    }

    [Fact]
    public async Task Our_server_of_curve_tells_libzmq_that_its_key_is_refused()
    {
        var python = await CurveClientAsync(_ours.PublicKey);
        await using var disposePython = python;
        using var link = await SecureLink.AcceptAsync(_listener, BusSecurity.CurveServer(_ours));
        var error = await Assert.ThrowsAsync<ProtocolException>(() => link.ShakeHandsAsync(new CurveAuthenticator([_ours.PublicKey])));
        Assert.Contains(_theirs.PublicKey.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Equal("refused 400", await python.NextLineAsync());
    }

    [Fact]
    public async Task Our_server_of_curve_notices_that_libzmq_means_another_server()
    {
        var python = await CurveClientAsync(_theirs.PublicKey);
        await using var disposePython = python;
        using var link = await SecureLink.AcceptAsync(_listener, BusSecurity.CurveServer(_ours));
        var error = await Assert.ThrowsAsync<ProtocolException>(() => link.ShakeHandsAsync(new CurveAuthenticator([_theirs.PublicKey])));
        Assert.Contains("meant for a server with another key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_keys_of_libzmq_are_ours()
    {
        var keys = (await PythonPeer.RunAsync("-c", "import zmq; print('\\n'.join(key.decode() for key in zmq.curve_keypair()))")).Split('\n');
        using var pair = CurveKeyPair.FromZ85(keys[0], keys[1]);
        Assert.Equal(keys[0], pair.PublicKey.ToString());
        var derived = await PythonPeer.RunAsync("-c", "import sys, zmq; print(zmq.curve_public(sys.argv[1].encode()).decode())", _ours.ExportSecretKey());
        Assert.Equal(_ours.PublicKey, CurveKey.Parse(derived.Trim()));
    }

    private static async Task EveryShapeComesBack(SecureLink link)
    {
        var random = new Random(3);
        foreach (var sizes in new int[][] { [5], [0], [3, 0, 4], [222], [223], [255, 256], [100 * 1024], [1, 100 * 1024, 2], [1 << 20] })
        {
            var frames = sizes.Select(size =>
            {
                var frame = new byte[size];
                random.NextBytes(frame);
                return frame;
            }).ToArray();
            await link.SendAsync(frames);
            Assert.Equal(frames, await link.ReceiveAsync());
        }

        if (!link.Mechanism.Seals)
        {
            return;
        }

        // libzmq pings every 100 ms and closes after 4 s without a sign of life: after 45 of them it has taken our PONGs for one.
        await link.AnswerPingsAsync(45);
        await link.SendAsync("alive"u8.ToArray());
        Assert.Equal("alive"u8.ToArray(), Assert.Single(await link.ReceiveAsync()));
    }

    private async Task<(ForeignPeer Peer, string Endpoint)> CurveServerAsync(string who) => await PythonPeer.StartAsync(
        "secure.py", "bind", "tcp://127.0.0.1:*", "curve-server", _theirs.PublicKey.ToString(), _theirs.ExportSecretKey(), who);

    private async Task<ForeignPeer> CurveClientAsync(CurveKey server) => (await PythonPeer.StartAsync(
        "secure.py", "connect", Endpoint, "curve-client", _theirs.PublicKey.ToString(), _theirs.ExportSecretKey(), server.ToString())).Peer;
}
