using System.Runtime.CompilerServices;
using Iarnet.Bus.Connections;
using Iarnet.Bus.Diagnostics;
using Iarnet.Bus.Transport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet.Bus.Sockets;

/// <summary>What both kinds of sockets have: connections, what was received, events, and the checks of what is sent.</summary>
internal sealed partial class SocketShell : IAsyncDisposable
{
    private readonly BusSocketOptions _options;
    private readonly object _socket;
    private readonly Func<Action<SocketEvent>?> _listeners;
    private readonly ILogger _logger;

    public SocketShell(string socketType, object socket, IConnectionOwner owner, BusSocketOptions options, Func<Action<SocketEvent>?> listeners, TimeProvider? time, ILoggerFactory? logs)
    {
        _options = options;
        _socket = socket;
        _listeners = listeners;
        _logger = (logs ?? NullLoggerFactory.Instance).CreateLogger("Iarnet.Bus." + socket.GetType().Name);
        Inbox = new ReceiveQueue(options.ReceiveMessages, options.ReceiveBytes);
        var settings = new ConnectionSettings
        {
            SocketType = socketType,
            Identity = options.Identity?.Bytes ?? ReadOnlyMemory<byte>.Empty,
            MaxMessageBytes = options.MaxMessageBytes,
            MaxFrames = options.MaxFrames,
            MaxCommandBytes = ConnectionSettings.CommandLimit,
            HandshakeTimeout = options.HandshakeTimeout,
            MaxHalfOpen = options.MaxHalfOpenConnections,
            HeartbeatInterval = options.HeartbeatInterval,
            HeartbeatTimeout = options.HeartbeatInterval > TimeSpan.Zero ? options.HeartbeatTimeout : TimeSpan.Zero,
            ReconnectDelay = options.ReconnectDelay,
            ReconnectDelayLimit = options.ReconnectDelayLimit,
            Linger = options.Linger,
        };
        Hub = new ConnectionHub(settings, owner, SocketTransport.Instance, time ?? TimeProvider.System, _logger);
    }

    public ConnectionHub Hub { get; }

    public ReceiveQueue Inbox { get; }

    public ValueTask<ReceivedMessage> ReceiveAsync(CancellationToken cancellationToken) => Inbox.TakeAsync(_socket, cancellationToken);

    public async IAsyncEnumerable<ReceivedMessage> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            ReceivedMessage message;
            try
            {
                message = await Inbox.TakeAsync(_socket, cancellationToken).ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                yield break;
            }

            yield return message;
        }
    }

    /// <summary>Moves what a peer sent to the inbox; waits when its share is used up, so that the peer is slowed down and not cut off.</summary>
    public async ValueTask CollectAsync(ZmtpConnection connection, PeerIdentity? peer, ReceiveQueue.Share share, Func<bool> isCurrent)
    {
        while (isCurrent() && connection.TryRead(out var view))
        {
            var room = Inbox.Add(Copy(peer, view), share);
            if (!room.IsCompleted)
            {
                // The connection may end meanwhile; then there is nobody left to slow down.
                await room.ConfigureAwait(false);
            }
        }
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

        if (bytes > _options.MaxMessageBytes)
        {
            throw new MessageTooLargeException($"A message of {bytes} bytes: {_options.MaxMessageBytes} are the most. Send it in parts, or raise BusSocketOptions.MaxMessageBytes at both ends.");
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
        Inbox.Close(_socket);
        await closing.ConfigureAwait(false);
    }

    private static ReceivedMessage Copy(PeerIdentity? peer, MultipartView view)
    {
        var memory = view.Bytes == 0 ? [] : GC.AllocateUninitializedArray<byte>((int)view.Bytes);
        var frames = new ReadOnlyMemory<byte>[view.Count];
        var at = 0;
        for (var i = 0; i < frames.Length; i++)
        {
            var frame = view[i];
            frame.CopyTo(memory.AsMemory(at));
            frames[i] = memory.AsMemory(at, frame.Length);
            at += frame.Length;
        }

        return new ReceivedMessage(peer, frames, view.Bytes);
    }

    [LoggerMessage(50, LogLevel.Debug, "{Happened}")]
    private partial void LogEvent(SocketEvent happened);

    [LoggerMessage(51, LogLevel.Error, "A listener of a socket's events threw")]
    private partial void LogListenerFailed(Exception exception);
}
