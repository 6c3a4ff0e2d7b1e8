using Iarnet.Bus.Connections;
using Iarnet.Bus.Io;
using Iarnet.Bus.Sockets;

namespace Iarnet.Bus;

public sealed partial class RouterSocket
{
    /// <summary>Sends a message of one frame, after waiting for room. The bytes are copied.</summary>
    /// <exception cref="PeerUnknownException">No peer of this identity is connected, or it went while the send waited.</exception>
    /// <exception cref="MessageTooLargeException">The message is larger than <see cref="BusSocketOptions.MaxMessageBytes"/>.</exception>
    public ValueTask SendAsync(PeerIdentity peer, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _shell.Check(body.Length);
        return TrySend(peer, new Outgoing(body.Span)) || Drops(peer) ? ValueTask.CompletedTask : SendSlowlyAsync(peer, [body], cancellationToken);
    }

    /// <summary>Sends a message of several frames, all or none of which arrive. As <see cref="SendAsync(PeerIdentity, ReadOnlyMemory{byte}, CancellationToken)"/> otherwise.</summary>
    public ValueTask SendAsync(PeerIdentity peer, ReadOnlyMemory<byte>[] frames, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _shell.Check(frames);
        return TrySend(peer, new Outgoing(frames)) || Drops(peer) ? ValueTask.CompletedTask : SendSlowlyAsync(peer, frames, cancellationToken);
    }

    /// <summary>
    /// Sends the messages of a batch, which is empty afterwards; all of them are queued together. Waits for room for
    /// all, whatever <see cref="BusSocketOptions.Overflow"/> says; a batch larger than the bounds waits until nothing else does. Errors as for one message; then the batch is as it was.
    /// </summary>
    public ValueTask SendAsync(PeerIdentity peer, SendBatch batch, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _shell.Check(batch);
        return TrySend(peer, new Outgoing(batch)) ? ValueTask.CompletedTask : SendSlowlyAsync(peer, batch, cancellationToken);
    }

    /// <summary>Sends a message if there is room for it now; otherwise false, and nothing is sent. The bytes are copied. Errors as for sending.</summary>
    public bool TrySend(PeerIdentity peer, params ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        _shell.Check(frames);
        return TrySend(peer, new Outgoing(frames));
    }

    private static PeerUnknownException Unknown(PeerIdentity peer) =>
        new($"No peer '{peer}' is connected: it has not come yet, or it went. Wait for PeerConnected, or send to the identity of a received message.");

    private bool TrySend(PeerIdentity identity, in Outgoing message)
    {
        var peer = Find(identity);
        switch (message.AppendTo(peer.Queue))
        {
            case SendOutcome.Queued:
                peer.Queue.Flush();
                if (_options.Overflow == SocketOverflow.Drop)
                {
                    _shell.EndDrop(peer.Dropped, peer.Identity, peer.Connection?.Endpoint ?? "");
                }

                return true;
            case SendOutcome.Full:
                return false;
            default:
                throw Unknown(identity);
        }
    }

    private SocketPeer Find(PeerIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        if (identity.Route is { IsGone: false } route && ReferenceEquals(route.Socket, this))
        {
            return route;
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _peers.TryGetValue(identity, out var peer) ? peer : throw Unknown(identity);
        }
    }

    private bool Drops(PeerIdentity identity)
    {
        if (_options.Overflow != SocketOverflow.Drop)
        {
            return false;
        }

        var peer = Find(identity);
        _shell.Drop(peer.Dropped, peer.Identity, peer.Connection?.Endpoint ?? "");
        return true;
    }

    private async ValueTask SendSlowlyAsync(PeerIdentity peer, ReadOnlyMemory<byte>[] frames, CancellationToken cancellationToken)
    {
        for (var spin = new ShortSpin(); spin.Turn();)
        {
            if (TrySend(peer, new Outgoing(frames)))
            {
                return;
            }
        }

        do
        {
            await Find(peer).Queue.WaitForRoom().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        while (!TrySend(peer, new Outgoing(frames)));
    }

    private async ValueTask SendSlowlyAsync(PeerIdentity peer, SendBatch batch, CancellationToken cancellationToken)
    {
        for (var spin = new ShortSpin(); spin.Turn();)
        {
            if (TrySend(peer, new Outgoing(batch)))
            {
                return;
            }
        }

        do
        {
            await Find(peer).Queue.WaitForRoom().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        while (!TrySend(peer, new Outgoing(batch)));
    }
}
