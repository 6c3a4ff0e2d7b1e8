using Iarnet.Bus.Connections;
using Iarnet.Bus.Sockets;
using Microsoft.Extensions.Logging;

namespace Iarnet.Bus;

/// <summary>
/// A ZeroMQ ROUTER: sends to one peer by its identity, and says of each message who sent it. Binds and connects any number of
/// endpoints: <c>tcp://host:port</c>, <c>ipc:///path</c>, <c>ipc://@name</c> (Linux), <c>ipc://*</c>. Thread-safe: any number of
/// senders and receivers. Messages between two peers keep their order. A send waits while the queue of the peer is at its bound;
/// nothing is dropped unless the peer goes, which <see cref="Happened"/> tells with the count.
/// </summary>
public sealed class RouterSocket : IAsyncDisposable
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
    public RouterSocket(BusSocketOptions? options = null, TimeProvider? time = null, ILoggerFactory? logs = null)
    {
        _options = options ?? new BusSocketOptions();
        _shell = new SocketShell("ROUTER", this, new Owner(this), _options, () => Happened, time, logs);
    }

    /// <summary>Connections made, refused and lost. Called on the I/O path: must not block. What a listener throws is logged.</summary>
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
    public string Bind(string endpoint) => _shell.Hub.Bind(endpoint);

    /// <summary>Keeps a connection to the endpoint, from now until the socket is disposed; returns at once.</summary>
    /// <exception cref="ArgumentException">The endpoint is malformed.</exception>
    public void Connect(string endpoint) => _shell.Hub.Connect(endpoint);

    /// <summary>Sends a message of one frame, after waiting for room. The bytes are copied.</summary>
    /// <exception cref="PeerUnknownException">No peer of this identity is connected, or it went while the send waited.</exception>
    /// <exception cref="MessageTooLargeException">The message is larger than <see cref="BusSocketOptions.MaxMessageBytes"/>.</exception>
    public ValueTask SendAsync(PeerIdentity peer, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TrySend(peer, new ReadOnlySpan<ReadOnlyMemory<byte>>(in body)) ? ValueTask.CompletedTask : SendSlowlyAsync(peer, [body], cancellationToken);
    }

    /// <summary>Sends a message of several frames, all or none of which arrive. As <see cref="SendAsync(PeerIdentity, ReadOnlyMemory{byte}, CancellationToken)"/> otherwise.</summary>
    public ValueTask SendAsync(PeerIdentity peer, ReadOnlyMemory<byte>[] frames, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TrySend(peer, frames) ? ValueTask.CompletedTask : SendSlowlyAsync(peer, frames, cancellationToken);
    }

    /// <summary>Sends a message if there is room for it now; otherwise false, and nothing is sent. The bytes are copied. Errors as for sending.</summary>
    public bool TrySend(PeerIdentity peer, params ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        _shell.Check(frames);
        var queue = Find(peer).Queue;
        switch (queue.TryAppend(frames))
        {
            case SendOutcome.Queued:
                queue.Flush();
                return true;
            case SendOutcome.Full:
                return false;
            default:
                throw Unknown(peer);
        }
    }

    /// <summary>The next message, after waiting for it. Each message is given to one receiver; a cancelled wait takes none.</summary>
    /// <exception cref="ObjectDisposedException">The socket is disposed, or was while this waited.</exception>
    public ValueTask<ReceivedMessage> ReceiveAsync(CancellationToken cancellationToken = default) => _shell.ReceiveAsync(cancellationToken);

    /// <summary>The next message if there is one now.</summary>
    public bool TryReceive([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ReceivedMessage? message) => _shell.Inbox.TryTake(out message);

    /// <summary>All messages until the socket is disposed, which ends the sequence.</summary>
    public IAsyncEnumerable<ReceivedMessage> ReadAllAsync(CancellationToken cancellationToken = default) => _shell.ReadAllAsync(cancellationToken);

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

    private static PeerUnknownException Unknown(PeerIdentity peer) =>
        new($"No peer '{peer}' is connected: it has not come yet, or it went. Wait for PeerConnected, or send to the identity of a received message.");

    private SocketPeer Find(PeerIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _peers.TryGetValue(identity, out var peer) ? peer : throw Unknown(identity);
        }
    }

    private async ValueTask SendSlowlyAsync(PeerIdentity peer, ReadOnlyMemory<byte>[] frames, CancellationToken cancellationToken)
    {
        do
        {
            await Find(peer).Queue.WaitForRoom().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        while (!TrySend(peer, frames));
    }

    private SocketPeer? Admit(ZmtpConnection connection)
    {
        var identity = SocketPeer.Identify(connection);
        lock (_lock)
        {
            if (!_peers.TryGetValue(identity, out var peer))
            {
                peer = new SocketPeer(identity, new SendQueue(_options.SendMessages, _options.SendBytes));
                _peers.Add(identity, peer);
            }
            else if (!_options.Handover)
            {
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
        public ValueTask JoinedAsync(ZmtpConnection connection)
        {
            var peer = socket.Admit(connection);
            if (peer is null)
            {
                const string Taken = "a peer with this identity is connected, and handover is off";
                connection.Fail(Taken);
                socket._shell.Raise(new HandshakeFailed(connection.Endpoint, Taken));
                return ValueTask.CompletedTask;
            }

            connection.Attach(peer.Queue);
            socket._shell.Raise(new PeerConnected(peer.Identity!, connection.Endpoint));
            return ValueTask.CompletedTask;
        }

        public ValueTask ReceivedAsync(ZmtpConnection connection) =>
            connection.Tag is SocketPeer peer
                ? socket._shell.CollectAsync(connection, peer.Identity, peer.Share, () => peer.Connection == connection)
                : ValueTask.CompletedTask;

        public ValueTask LeftAsync(ZmtpConnection connection, string reason)
        {
            if (connection.Tag is not SocketPeer peer)
            {
                return ValueTask.CompletedTask;
            }

            var unsent = 0;
            lock (socket._lock)
            {
                if (peer.Connection == connection)
                {
                    socket._peers.Remove(peer.Identity!);
                    unsent = peer.Queue.Close();
                }
            }

            socket._shell.Raise(new PeerDisconnected(peer.Identity!, connection.Endpoint, reason, unsent));
            return ValueTask.CompletedTask;
        }

        public void HandshakeFailed(string endpoint, string reason) => socket._shell.Raise(new HandshakeFailed(endpoint, reason));

        public void Retrying(string endpoint, string reason, TimeSpan delay) => socket._shell.Raise(new ConnectRetried(endpoint, reason, delay));
    }
}
