using Iarnet.Bus.Connections;
using Iarnet.Bus.Io;
using Iarnet.Bus.Sockets;

namespace Iarnet.Bus;

public sealed partial class DealerSocket
{
    private readonly DropCount _dropped = new();

    /// <summary>Sends a message of one frame, after waiting for room. The bytes are copied.</summary>
    /// <exception cref="MessageTooLargeException">The message is larger than <see cref="BusSocketOptions.MaxMessageBytes"/>.</exception>
    /// <exception cref="ObjectDisposedException">The socket is disposed, or was while this waited.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _shell.Check(body.Length);
        return TrySend(new Outgoing(body.Span)) || Drops() ? ValueTask.CompletedTask : SendSlowlyAsync([body], cancellationToken);
    }

    /// <summary>Sends a message of several frames, all or none of which arrive. As <see cref="SendAsync(ReadOnlyMemory{byte}, CancellationToken)"/> otherwise.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte>[] frames, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _shell.Check(frames);
        return TrySend(new Outgoing(frames)) || Drops() ? ValueTask.CompletedTask : SendSlowlyAsync(frames, cancellationToken);
    }

    /// <summary>
    /// Sends the messages of a batch, which is empty afterwards, to one peer; all of them are queued together. Waits for room for
    /// all, whatever <see cref="BusSocketOptions.Overflow"/> says; a batch larger than the bounds waits until nothing else does.
    /// Errors as for one message; then the batch is as it was.
    /// </summary>
    public ValueTask SendAsync(SendBatch batch, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _shell.Check(batch);
        return TrySend(new Outgoing(batch)) ? ValueTask.CompletedTask : SendSlowlyAsync(batch, cancellationToken);
    }

    /// <summary>Sends a message if some peer has room for it now; otherwise false, and nothing is sent. The bytes are copied. Errors as for sending.</summary>
    public bool TrySend(params ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        _shell.Check(frames);
        return TrySend(new Outgoing(frames));
    }

    private bool TrySend(in Outgoing message)
    {
        var peers = Volatile.Read(ref _peers);
        ObjectDisposedException.ThrowIf(_disposed, this);
        var first = peers.Length > 1 ? (uint)Interlocked.Increment(ref _next) : 0;
        for (var i = 0; i < peers.Length; i++)
        {
            var queue = peers[(first + (uint)i) % (uint)peers.Length].Queue;
            if (message.AppendTo(queue) != SendOutcome.Queued)
            {
                continue;
            }

            queue.Flush();
            if (_options.Overflow == SocketOverflow.Drop)
            {
                _shell.EndDrop(_dropped, peer: null, "");
            }

            return true;
        }

        return false;
    }

    private bool Drops()
    {
        if (_options.Overflow != SocketOverflow.Drop)
        {
            return false;
        }

        _shell.Drop(_dropped, peer: null, "");
        return true;
    }

    private async ValueTask SendSlowlyAsync(ReadOnlyMemory<byte>[] frames, CancellationToken cancellationToken)
    {
        for (var spin = new ShortSpin(); spin.Turn();)
        {
            if (TrySend(new Outgoing(frames)))
            {
                return;
            }
        }

        while (true)
        {
            // Asked for before the attempt: room that is made in between is not missed.
            var room = WaitForRoom();
            if (TrySend(new Outgoing(frames)))
            {
                return;
            }

            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask SendSlowlyAsync(SendBatch batch, CancellationToken cancellationToken)
    {
        for (var spin = new ShortSpin(); spin.Turn();)
        {
            if (TrySend(new Outgoing(batch)))
            {
                return;
            }
        }

        while (true)
        {
            var room = WaitForRoom();
            if (TrySend(new Outgoing(batch)))
            {
                return;
            }

            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private Task WaitForRoom()
    {
        lock (_lock)
        {
            return _room.Wait();
        }
    }
}
