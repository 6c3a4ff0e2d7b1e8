using Iarnet.Bus.Connections;
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
public sealed class DealerSocket : IAsyncDisposable
{
    private readonly SocketShell _shell;
    private readonly BusSocketOptions _options;
    private readonly Lock _lock = new();
    private readonly List<SocketPeer> _peers = [];
    private Pulse _room;
    private int _next;
    private bool _disposed;

    /// <summary>Creates a socket that is neither bound nor connected.</summary>
    /// <param name="options">Limits and times; default: those of a new <see cref="BusSocketOptions"/>. Read now.</param>
    /// <param name="time">The clock; default: the system's.</param>
    /// <param name="logs">Where to log; default: nowhere.</param>
    public DealerSocket(BusSocketOptions? options = null, TimeProvider? time = null, ILoggerFactory? logs = null)
    {
        _options = options ?? new BusSocketOptions();
        _shell = new SocketShell("DEALER", this, new Owner(this), _options, () => Happened, time, logs);
    }

    /// <summary>Connections made, refused and lost. Called on the I/O path: must not block. What a listener throws is logged.</summary>
    public event Action<SocketEvent>? Happened;

    /// <summary>The endpoints that are bound, as <see cref="Bind"/> returned them.</summary>
    public IReadOnlyList<string> Endpoints => _shell.Hub.Endpoints;

    /// <summary>Listens, and returns the endpoint with what was chosen for a wildcard. A file that a dead process left is replaced.</summary>
    /// <exception cref="ArgumentException">The endpoint is malformed.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">It cannot be bound, for example because it is in use.</exception>
    public string Bind(string endpoint) => _shell.Hub.Bind(endpoint);

    /// <summary>Keeps a connection to the endpoint, from now until the socket is disposed; returns at once. Messages may be sent before it is made.</summary>
    /// <exception cref="ArgumentException">The endpoint is malformed.</exception>
    public void Connect(string endpoint)
    {
        var peer = new SocketPeer(null, CreateQueue());
        _shell.Hub.Connect(endpoint, peer);
        AddPeer(peer);
    }

    /// <summary>Sends a message of one frame, after waiting for room. The bytes are copied.</summary>
    /// <exception cref="MessageTooLargeException">The message is larger than <see cref="BusSocketOptions.MaxMessageBytes"/>.</exception>
    /// <exception cref="ObjectDisposedException">The socket is disposed, or was while this waited.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TrySend(new ReadOnlySpan<ReadOnlyMemory<byte>>(in body)) ? ValueTask.CompletedTask : SendSlowlyAsync([body], cancellationToken);
    }

    /// <summary>Sends a message of several frames, all or none of which arrive. As <see cref="SendAsync(ReadOnlyMemory{byte}, CancellationToken)"/> otherwise.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte>[] frames, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TrySend(frames) ? ValueTask.CompletedTask : SendSlowlyAsync(frames, cancellationToken);
    }

    /// <summary>Sends a message if some peer has room for it now; otherwise false, and nothing is sent. The bytes are copied. Errors as for sending.</summary>
    public bool TrySend(params ReadOnlySpan<ReadOnlyMemory<byte>> frames) => TrySend(frames, out _);

    /// <summary>The next message, after waiting for it. Each message is given to one receiver; a cancelled wait takes none.</summary>
    /// <exception cref="ObjectDisposedException">The socket is disposed, or was while this waited.</exception>
    public ValueTask<ReceivedMessage> ReceiveAsync(CancellationToken cancellationToken = default) => _shell.ReceiveAsync(cancellationToken);

    /// <summary>The next message if there is one now.</summary>
    public bool TryReceive([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ReceivedMessage? message) => _shell.Inbox.TryTake(out message);

    /// <summary>All messages until the socket is disposed, which ends the sequence.</summary>
    public IAsyncEnumerable<ReceivedMessage> ReadAllAsync(CancellationToken cancellationToken = default) => _shell.ReadAllAsync(cancellationToken);

    /// <summary>Sends what waits for connected peers, for at most the linger of the options, and closes; ends waiting sends and receives. Always returns, soon after the linger.</summary>
    public async ValueTask DisposeAsync()
    {
        TaskCompletionSource? waiters;
        lock (_lock)
        {
            _disposed = true;
            waiters = _room.Take();
        }

        waiters?.TrySetResult();
        await _shell.DisposeAsync().ConfigureAwait(false);
        lock (_lock)
        {
            _peers.ForEach(static peer => peer.Queue.Close());
            _peers.Clear();
        }
    }

    private SendQueue CreateQueue() => new(_options.SendMessages, _options.SendBytes, WakeSenders);

    private void AddPeer(SocketPeer peer)
    {
        lock (_lock)
        {
            _peers.Add(peer);
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

    /// <summary>The refusals and the wait are one step under the lock, so that room made in between is not missed.</summary>
    private bool TrySend(ReadOnlySpan<ReadOnlyMemory<byte>> frames, out Task room, bool wait = false)
    {
        _shell.Check(frames);
        room = Task.CompletedTask;
        SendQueue? queue = null;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            for (var i = 0; i < _peers.Count && queue is null; i++)
            {
                _next = (_next + 1) % _peers.Count;
                var candidate = _peers[_next].Queue;
                if (candidate.TryAppend(frames) == SendOutcome.Queued)
                {
                    queue = candidate;
                }
            }

            if (queue is null)
            {
                room = wait ? _room.Wait() : room;
                return false;
            }
        }

        queue.Flush();
        return true;
    }

    private async ValueTask SendSlowlyAsync(ReadOnlyMemory<byte>[] frames, CancellationToken cancellationToken)
    {
        while (!TrySend(frames, out var room, wait: true))
        {
            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The connections' view of the socket, apart from its public face.</summary>
    private sealed class Owner(DealerSocket socket) : IConnectionOwner
    {
        public ValueTask JoinedAsync(ZmtpConnection connection)
        {
            var identity = SocketPeer.Identify(connection);
            if (connection.Tag is not SocketPeer peer)
            {
                peer = new SocketPeer(identity, socket.CreateQueue());
                connection.Tag = peer;
                socket.AddPeer(peer);
            }

            peer.Identity = identity;
            peer.Connection = connection;
            connection.Attach(peer.Queue);
            socket._shell.Raise(new PeerConnected(identity, connection.Endpoint));
            return ValueTask.CompletedTask;
        }

        public ValueTask ReceivedAsync(ZmtpConnection connection)
        {
            var peer = (SocketPeer)connection.Tag!;
            return socket._shell.CollectAsync(connection, peer: null, peer.Share, () => peer.Connection == connection);
        }

        public ValueTask LeftAsync(ZmtpConnection connection, string reason)
        {
            var peer = (SocketPeer)connection.Tag!;
            var unsent = 0;
            lock (socket._lock)
            {
                peer.Connection = null;
                // The queue of an endpoint that we connect to is kept; that of a peer which came to us goes with it.
                if (!connection.IsOutgoing)
                {
                    socket._peers.Remove(peer);
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
