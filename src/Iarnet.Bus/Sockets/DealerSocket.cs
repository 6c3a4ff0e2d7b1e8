using Iarnet.Bus.Connections;
using Iarnet.Bus.Memory;
using Iarnet.Bus.Sockets;
using Microsoft.Extensions.Logging;

namespace Iarnet.Bus;

/// <summary>
/// A ZeroMQ DEALER: spreads what it sends over its peers in turn, and receives from all. Binds and connects any number of
/// endpoints, as <see cref="RouterSocket"/> does. Thread-safe: any number of senders and receivers. What is sent to an endpoint
/// that is connected to waits while there is no connection, and leaves with the next; a send waits while every queue is at its
/// bound, or there is no peer at all.
/// </summary>
/// <remarks>
/// What the kernel had taken when a connection broke may be lost, and the messages of the one batch that was being handed to it may
/// arrive twice: the wire has no acknowledgement. <see cref="ComponentBus"/> adds one.
/// </remarks>
public sealed partial class DealerSocket : IAsyncDisposable
{
    private readonly SocketShell _shell;
    private readonly BusSocketOptions _options;
    private readonly Lock _lock = new();
    private SocketPeer[] _peers = [];
    private Pulse _room;
    private int _next;
    private volatile bool _disposed;

    /// <summary>Creates a socket that is neither bound nor connected.</summary>
    /// <param name="options">Limits and times; default: those of a new <see cref="BusSocketOptions"/>. Read now.</param>
    /// <param name="time">The clock; default: the system's.</param>
    /// <param name="logs">Where to log; default: nowhere.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public DealerSocket(BusSocketOptions? options = null, TimeProvider? time = null, ILoggerFactory? logs = null)
        : this(options, transport: null, time, logs)
    {
    }

    internal DealerSocket(BusSocketOptions? options, Transport.ITransport? transport, TimeProvider? time, ILoggerFactory? logs)
    {
        _options = options ?? new BusSocketOptions();
        _shell = new SocketShell("DEALER", this, new Owner(this), _options, () => Happened, transport, time, logs);
    }

    /// <summary>
    /// Connections made, refused and lost, and messages dropped. Called on the I/O loop, on the thread pool (<see cref="ConnectRetried"/>), or
    /// by the thread that sends (<see cref="MessagesDropped"/>): must not block. What a listener throws is logged.
    /// </summary>
    public event Action<SocketEvent>? Happened;

    /// <summary>The endpoints that are bound, as <see cref="Bind"/> returned them.</summary>
    public IReadOnlyList<string> Endpoints => _shell.Hub.Endpoints;

    /// <summary>Listens, and returns the endpoint with what was chosen for a wildcard. A file that a dead process left is replaced.</summary>
    /// <exception cref="ArgumentException">The endpoint is malformed.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">It cannot be bound, for example because it is in use.</exception>
    public string Bind(string endpoint) => _shell.Bind(endpoint);

    /// <summary>
    /// Keeps a connection to the endpoint, from now until the socket is disposed; returns at once. Messages may be sent before it is
    /// made. Connecting again to the same endpoint does nothing.
    /// </summary>
    /// <exception cref="ArgumentException">The endpoint is malformed.</exception>
    public void Connect(string endpoint)
    {
        var peer = new SocketPeer(this, identity: null, CreateQueue());
        if (_shell.Connect(endpoint, peer))
        {
            AddPeer(peer);
        }
    }

    /// <summary>Closes the connections of a peer at once. False when there is none. A peer that keeps its connections will come back, as an endpoint does that this socket connects to.</summary>
    public bool Disconnect(PeerIdentity peer, string reason)
    {
        ArgumentNullException.ThrowIfNull(peer);
        var found = false;
        foreach (var candidate in Volatile.Read(ref _peers))
        {
            if (peer.Equals(candidate.Identity) && candidate.Connection is { } connection)
            {
                connection.Fail(reason);
                found = true;
            }
        }

        return found;
    }

    /// <summary>Sends what waits for connected peers, for at most the linger of the options, and closes; ends waiting sends and receives. Always returns, soon after the linger.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        WakeSenders();
        await _shell.DisposeAsync().ConfigureAwait(false);
        foreach (var peer in Interlocked.Exchange(ref _peers, []))
        {
            peer.Queue.Close();
        }

        _shell.EndDrop(_dropped, peer: null, "");
    }

    private SendQueue CreateQueue() => new(_options.SendMessages, _options.SendBytes, WakeSenders);

    private void AddPeer(SocketPeer peer)
    {
        lock (_lock)
        {
            Volatile.Write(ref _peers, [.. _peers, peer]);
        }

        WakeSenders();
    }

    private void WakeSenders()
    {
        TaskCompletionSource? waiters;
        lock (_lock)
        {
            waiters = _room.Take();
        }

        waiters?.TrySetResult();
    }

    /// <summary>The connections' view of the socket, apart from its public face.</summary>
    private sealed class Owner(DealerSocket socket) : IConnectionOwner
    {
        public void Joined(ZmtpConnection connection)
        {
            var identity = SocketPeer.Identify(connection);
            if (connection.Tag is not SocketPeer peer)
            {
                peer = new SocketPeer(socket, identity, socket.CreateQueue());
                connection.Tag = peer;
                socket.AddPeer(peer);
            }

            peer.Identity = identity;
            peer.Connection = connection;
            connection.Attach(peer.Queue);
            connection.Allowance = Allow(connection);
            socket._shell.Raise(SocketShell.Connected(connection, identity));
        }

        public Allowance Allow(ZmtpConnection connection) => socket._shell.Inbox.AllowanceOf(((SocketPeer)connection.Tag!).Share);

        public void Received(ZmtpConnection connection, in Region messages) =>
            socket._shell.Collect(connection, (SocketPeer)connection.Tag!, from: null, messages);

        public void Left(ZmtpConnection connection, string reason)
        {
            var peer = (SocketPeer)connection.Tag!;
            var unsent = 0;
            lock (socket._lock)
            {
                peer.Connection = null;
                // The queue of an endpoint that we connect to is kept; that of a peer which came to us goes with it.
                if (!connection.IsOutgoing)
                {
                    Volatile.Write(ref socket._peers, [.. socket._peers.Where(other => other != peer)]);
                    unsent = peer.Queue.Close();
                }
            }

            socket._shell.Raise(new PeerDisconnected(peer.Identity!, connection.Endpoint, reason, unsent));
        }

        public void HandshakeFailed(string endpoint, string reason) => socket._shell.Raise(new HandshakeFailed(endpoint, reason));

        public void Retrying(string endpoint, string reason, TimeSpan delay) => socket._shell.Raise(new ConnectRetried(endpoint, reason, delay));
    }
}
