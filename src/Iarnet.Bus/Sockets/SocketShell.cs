using System.Runtime.CompilerServices;
using Iarnet.Bus.Connections;
using Iarnet.Bus.Diagnostics;
using Iarnet.Bus.Memory;
using Iarnet.Bus.Transport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet.Bus.Sockets;

/// <summary>What both kinds of sockets have: connections, what was received, events, and the checks of what is sent.</summary>
internal sealed partial class SocketShell : IAsyncDisposable
{
    private readonly BusSocketOptions _options;
    private readonly Func<Action<SocketEvent>?> _listeners;
    private readonly ILogger _logger;
    private Action<ReceivedBatch>? _handler;
    private bool _isUsed;

    public SocketShell(string socketType, object socket, IConnectionOwner owner, BusSocketOptions options, Func<Action<SocketEvent>?> listeners, ITransport? transport, TimeProvider? time, ILoggerFactory? logs)
    {
        options.Validate();
        _options = options;
        _listeners = listeners;
        _logger = (logs ?? NullLoggerFactory.Instance).CreateLogger("Iarnet.Bus." + socket.GetType().Name);
        Inbox = new ReceiveQueue(socket, options.ReceiveMessages, options.ReceiveBytes);
        Hub = new ConnectionHub(options.ToSettings(socketType), owner, transport ?? Transports.Default, time ?? TimeProvider.System, _logger);
    }

    public ConnectionHub Hub { get; }

    public ReceiveQueue Inbox { get; }

    public string Bind(string endpoint)
    {
        _isUsed = true;
        return Hub.Bind(endpoint);
    }

    public bool Connect(string endpoint, object? tag = null)
    {
        _isUsed = true;
        return Hub.Connect(endpoint, tag);
    }

    /// <summary>Messages go to the handler, on the loop, from now on.</summary>
    public void Handle(Action<ReceivedBatch> handler)
    {
        if (_isUsed || _handler is not null)
        {
            throw new InvalidOperationException("A handler is set once, before the socket is bound or connected: what arrives earlier would have nobody to go to.");
        }

        _handler = handler;
    }

    public async IAsyncEnumerable<ReceivedMessage> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            ReceivedMessage message;
            try
            {
                message = await Inbox.ReceiveAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                yield break;
            }

            yield return message;
        }
    }

    /// <summary>Takes what a peer sent; it is slowed down when its share of room is used up, and not cut off.</summary>
    public void Collect(ZmtpConnection connection, SocketPeer peer, PeerIdentity? from, in Region region)
    {
        if (peer.Connection != connection)
        {
            // Another connection took the place of this one, and what it still delivers could stand behind what the new one does.
            return;
        }

        if (_handler is null)
        {
            connection.Allowance = Inbox.Add(from, peer.Share, region);
            return;
        }

        var lease = LeasePool.Take();
        lease.View(from, region);
        try
        {
            _handler(new ReceivedBatch(lease));
        }
        catch (Exception e)
        {
            LogHandlerFailed(e);
        }

        lease.EndView();
        LeasePool.Return(lease);
    }

    /// <summary>Refuses what no peer would take.</summary>
    public void Check(ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        if (frames.IsEmpty || frames.Length > _options.MaxFrames)
        {
            throw new ArgumentException($"A message has 1 to {_options.MaxFrames} frames, not {frames.Length}.", nameof(frames));
        }

        long bytes = 0;
        foreach (var frame in frames)
        {
            bytes += frame.Length;
        }

        Check(bytes);
    }

    public void Check(long bytes)
    {
        if (bytes > _options.MaxMessageBytes)
        {
            throw new MessageTooLargeException($"A message of {bytes} bytes: {_options.MaxMessageBytes} are the most. Send it in parts, or raise BusSocketOptions.MaxMessageBytes at both ends.");
        }
    }

    public void Check(SendBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Check(batch.Largest);
        if (batch.Count == 0 || batch.MostFrames > _options.MaxFrames)
        {
            throw new ArgumentException($"A batch has at least one message, and a message at most {_options.MaxFrames} frames.", nameof(batch));
        }
    }

    public static PeerConnected Connected(ZmtpConnection connection, PeerIdentity identity)
    {
        var connected = new PeerConnected(identity, connection.Endpoint) { Principal = connection.Principal };
        return connection.PeerMetadata is { } metadata ? connected with { Metadata = metadata } : connected;
    }

    /// <summary>A message was dropped.</summary>
    public void Drop(DropCount dropped, PeerIdentity? peer, string endpoint)
    {
        if (dropped.Add())
        {
            Raise(new MessagesDropped(peer, endpoint, 1));
        }
    }

    /// <summary>There is room again, or nobody left to drop messages for.</summary>
    public void EndDrop(DropCount dropped, PeerIdentity? peer, string endpoint)
    {
        var count = dropped.End();
        if (count > 0)
        {
            Raise(new MessagesDropped(peer, endpoint, count));
        }
    }

    public void Raise(SocketEvent happened)
    {
        switch (happened)
        {
            case PeerConnected:
                BusMetrics.Connections.Add(1);
                break;
            case PeerDisconnected { UnsentMessages: var unsent }:
                BusMetrics.Connections.Add(-1);
                BusMetrics.Unsent.Add(unsent);
                break;
            case HandshakeFailed:
                BusMetrics.HandshakesFailed.Add(1);
                break;
            case MessagesDropped { Count: var count }:
                BusMetrics.Dropped.Add(count);
                break;
            default:
                break;
        }

        LogEvent(happened);
        try
        {
            _listeners()?.Invoke(happened);
        }
        catch (Exception e)
        {
            LogListenerFailed(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        var closing = Hub.DisposeAsync();
        // First, so that no connection waits for room that nobody will make any more.
        Inbox.Close();
        await closing.ConfigureAwait(false);
    }

    [LoggerMessage(50, LogLevel.Debug, "{Happened}")]
    private partial void LogEvent(SocketEvent happened);

    [LoggerMessage(51, LogLevel.Error, "A listener of a socket's events threw")]
    private partial void LogListenerFailed(Exception exception);

    [LoggerMessage(52, LogLevel.Error, "The handler of a socket's messages threw")]
    private partial void LogHandlerFailed(Exception exception);
}
