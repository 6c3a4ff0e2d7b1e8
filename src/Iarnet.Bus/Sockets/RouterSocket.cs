using Iarnet.Bus.Connections;
using Iarnet.Bus.Memory;
using Iarnet.Bus.Sockets;
using Microsoft.Extensions.Logging;

namespace Iarnet.Bus;

/// <summary>
/// A ZeroMQ ROUTER: sends to one peer by its identity, and says of each message who sent it. Binds and connects any number of
/// endpoints: <c>tcp://host:port</c>, <c>ipc:///path</c>, <c>ipc://@name</c> (Linux), <c>ipc://*</c>, <c>inproc://name</c>. Thread-safe: any number of
/// senders and receivers. Messages between two peers keep their order. A send waits while the queue of the peer is at its bound.
/// Nothing is dropped unless the peer goes, or <see cref="BusSocketOptions.Overflow"/> says so: <see cref="Happened"/> tells both, with the count.
/// </summary>
public sealed partial class RouterSocket : IAsyncDisposable
{
    private readonly SocketShell _shell;
    private readonly BusSocketOptions _options;
    private readonly Lock _lock = new();
    private readonly Dictionary<PeerIdentity, SocketPeer> _peers = [];
    private bool _disposed;

    /// <summary>Creates a socket that is neither bound nor connected.</summary>
    /// <param name="options">Limits and times; default: those of a new <see cref="BusSocketOptions"/>. Read now.</param>
    /// <param name="time">The clock; default: the system's.</param>
    /// <param name="logs">Where to log; default: nowhere.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public RouterSocket(BusSocketOptions? options = null, TimeProvider? time = null, ILoggerFactory? logs = null)
        : this(options, transport: null, time, logs)
    {
    }

    internal RouterSocket(BusSocketOptions? options, Transport.ITransport? transport, TimeProvider? time, ILoggerFactory? logs)
    {
        _options = options ?? new BusSocketOptions();
        _shell = new SocketShell("ROUTER", this, new Owner(this), _options, () => Happened, transport, time, logs);
    }

    /// <summary>
    /// Connections made, refused and lost, and messages dropped. Called on the I/O loop, on the thread pool (<see cref="ConnectRetried"/>), or
    /// by the thread that sends (<see cref="MessagesDropped"/>): must not block. What a listener throws is logged.
    /// </summary>
    public event Action<SocketEvent>? Happened;

    /// <summary>The endpoints that are bound, as <see cref="Bind"/> returned them.</summary>
    public IReadOnlyList<string> Endpoints => _shell.Hub.Endpoints;

    /// <summary>The peers that are connected now.</summary>
    public IReadOnlyList<PeerIdentity> Peers
    {
        get
        {
            lock (_lock)
            {
                return [.. _peers.Keys];
            }
        }
    }

    /// <summary>Listens, and returns the endpoint with what was chosen for a wildcard. A file that a dead process left is replaced.</summary>
    /// <exception cref="ArgumentException">The endpoint is malformed.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">It cannot be bound, for example because it is in use.</exception>
    public string Bind(string endpoint) => _shell.Bind(endpoint);

    /// <summary>Keeps a connection to the endpoint, from now until the socket is disposed; returns at once.</summary>
    /// <exception cref="ArgumentException">The endpoint is malformed.</exception>
    public void Connect(string endpoint) => _shell.Connect(endpoint);

    /// <summary>Closes the connection of a peer at once. False when there is none. A peer that keeps its connections will come back.</summary>
    public bool Disconnect(PeerIdentity peer, string reason)
    {
        ZmtpConnection? connection;
        lock (_lock)
        {
            connection = _peers.GetValueOrDefault(peer)?.Connection;
        }

        connection?.Fail(reason);
        return connection is not null;
    }

    /// <summary>Sends what waits, for at most the linger of the options, and closes; ends waiting receives. Always returns, soon after the linger.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        await _shell.DisposeAsync().ConfigureAwait(false);
    }

    private SocketPeer? Admit(ZmtpConnection connection, out string refusal)
    {
        var identity = SocketPeer.Identify(connection);
        refusal = "";
        lock (_lock)
        {
            if (!_peers.TryGetValue(identity, out var peer))
            {
                peer = new SocketPeer(this, identity, new SendQueue(_options.SendMessages, _options.SendBytes)) { Principal = connection.Principal };
                identity.Route = peer;
                _peers.Add(identity, peer);
            }
            else if (!_options.Handover)
            {
                refusal = "a peer with this identity is connected, and handover is off";
                return null;
            }
            else if (peer.Principal != connection.Principal)
            {
                refusal = $"the identity belongs to '{peer.Principal}', which is connected; the peer is '{connection.Principal}'";
                return null;
            }

            peer.Connection?.Fail("another connection with the same identity took its place");
            peer.Connection = connection;
            connection.Tag = peer;
            return peer;
        }
    }

    /// <summary>The connections' view of the socket, apart from its public face.</summary>
    private sealed class Owner(RouterSocket socket) : IConnectionOwner
    {
        public void Joined(ZmtpConnection connection)
        {
            var peer = socket.Admit(connection, out var refusal);
            if (peer is null)
            {
                connection.Fail(refusal);
                socket._shell.Raise(new HandshakeFailed(connection.Endpoint, refusal));
                return;
            }

            connection.Attach(peer.Queue);
            connection.Allowance = Allow(connection);
            socket._shell.Raise(SocketShell.Connected(connection, peer.Identity!));
        }

        public Allowance Allow(ZmtpConnection connection) =>
            connection.Tag is SocketPeer peer ? socket._shell.Inbox.AllowanceOf(peer.Share) : Allowance.Unlimited;

        public void Received(ZmtpConnection connection, in Region messages)
        {
            if (connection.Tag is SocketPeer peer)
            {
                socket._shell.Collect(connection, peer, peer.Identity, messages);
            }
        }

        public void Left(ZmtpConnection connection, string reason)
        {
            if (connection.Tag is not SocketPeer peer)
            {
                return;
            }

            var unsent = 0;
            lock (socket._lock)
            {
                if (peer.Connection == connection)
                {
                    peer.IsGone = true;
                    socket._peers.Remove(peer.Identity!);
                    unsent = peer.Queue.Close();
                }
            }

            socket._shell.EndDrop(peer.Dropped, peer.Identity, connection.Endpoint);
            socket._shell.Raise(new PeerDisconnected(peer.Identity!, connection.Endpoint, reason, unsent));
        }

        public void HandshakeFailed(string endpoint, string reason) => socket._shell.Raise(new HandshakeFailed(endpoint, reason));

        public void Retrying(string endpoint, string reason, TimeSpan delay) => socket._shell.Raise(new ConnectRetried(endpoint, reason, delay));
    }
}
