using Iarnet.Bus.Connections;
using Iarnet.Bus.Memory;

namespace Iarnet.Bus.Sockets;

/// <summary>
/// What has arrived and waits to be received, in the order of arrival, in the pieces in which it arrived. Each peer has its own share
/// of room, so none starves another.
/// </summary>
internal sealed partial class ReceiveQueue(object owner, int maxMessages, long maxBytes)
{
    /// <summary>A reader that is no further behind is served where the bytes were received.</summary>
    private const int FewPieces = 16;

    /// <summary>Above it a piece fills enough of the memory that it lies in.</summary>
    private const int SmallPiece = SlabPool.Size / 4;

    private readonly Lock _lock = new();
    private readonly SlabWriter _kept = new();
    private readonly Queue<(ReceiveLease Lease, ReceiveShare Share)> _pieces = new();
    private long _headBytes;

    /// <summary>Of the pieces, to be looked at without the lock.</summary>
    private int _count;
    private bool _closed;

    /// <summary>Queues messages, or hands them to who waits. Says how much more the peer may deliver.</summary>
    public Allowance Add(PeerIdentity? peer, ReceiveShare share, in Region region)
    {
        ReceiveWaiter? satisfied = null;
        Allowance allowance;
        lock (_lock)
        {
            if (_closed)
            {
                return Allowance.Unlimited;
            }

            var lease = LeasePool.Take();
            if (_pieces.Count < FewPieces || region.End - region.Start > SmallPiece)
            {
                lease.Begin(peer, region);
            }
            else
            {
                Gather(lease, peer, region);
            }

            if (_pieces.Count == 0)
            {
                _headBytes = region.Bytes;
            }

            _pieces.Enqueue((lease, share));
            _count++;
            share.Messages += region.Messages;
            share.Bytes += region.Bytes;
            while (_pieces.Count > 0 && _first is { } waiter)
            {
                Remove(waiter);
                waiter.Fill();
                waiter.Next = satisfied;
                satisfied = waiter;
            }

            allowance = Allow(share);
        }

        while (satisfied is not null)
        {
            var next = satisfied.Next;
            satisfied.Next = null;
            satisfied.Complete();
            satisfied = next;
        }

        return allowance;
    }

    public Allowance AllowanceOf(ReceiveShare share)
    {
        lock (_lock)
        {
            return _closed ? Allowance.Unlimited : Allow(share);
        }
    }

    public bool TryTakeMessage(out ReceivedMessage message)
    {
        ZmtpConnection? resumed = null;
        lock (_lock)
        {
            if (_pieces.Count == 0)
            {
                message = default;
                return false;
            }

            message = TakeMessage(out resumed);
        }

        resumed?.Continue();
        return true;
    }

    public bool TryTakeBatch(out ReceivedBatch batch)
    {
        ZmtpConnection? resumed = null;
        lock (_lock)
        {
            if (_pieces.Count == 0)
            {
                batch = default;
                return false;
            }

            batch = TakeBatch(out resumed);
        }

        resumed?.Continue();
        return true;
    }

    public void Close()
    {
        List<ReceiveWaiter> waiters = [];
        List<ZmtpConnection> held = [];
        lock (_lock)
        {
            _closed = true;
            while (_first is { } waiter)
            {
                Remove(waiter);
                waiters.Add(waiter);
            }

            while (_pieces.TryDequeue(out var piece))
            {
                if (piece.Share is { IsHeld: true, Connection: { } connection })
                {
                    piece.Share.IsHeld = false;
                    held.Add(connection);
                }
            }
        }

        held.ForEach(static connection => connection.Continue());
        waiters.ForEach(waiter => waiter.Fail(new ObjectDisposedException(owner.GetType().Name)));
    }

    /// <summary>Under the lock, when there is a message.</summary>
    internal ReceivedMessage TakeMessage(out ZmtpConnection? resumed)
    {
        var (lease, share) = _pieces.Peek();
        var message = lease.Take();
        var bytes = message.Bytes;
        _headBytes -= bytes;
        if (lease.Left == 0)
        {
            Dequeue();
        }

        resumed = Give(share, 1, bytes);
        return message;
    }

    /// <summary>Under the lock, when there is a message: the piece, or what is left of it.</summary>
    internal ReceivedBatch TakeBatch(out ZmtpConnection? resumed)
    {
        var (lease, share) = _pieces.Peek();
        var bytes = _headBytes;
        Dequeue();
        if (lease.Left < lease.Messages)
        {
            lease = lease.Split(bytes);
        }

        resumed = Give(share, lease.Messages, bytes);
        return new ReceivedBatch(lease);
    }

    /// <summary>
    /// Small pieces that wait are moved together: each would keep the whole memory that it was received into, which other
    /// connections of the loop fill, so that ten thousand messages of some bytes could hold gigabytes.
    /// </summary>
    private void Gather(ReceiveLease lease, PeerIdentity? peer, in Region region)
    {
        var size = region.End - region.Start;
        var slab = _kept.Take(size, out var position);
        region.Slab.Buffer.AsSpan(region.Start, size).CopyTo(slab.Buffer.AsSpan(position));
        lease.Begin(peer, region with { Slab = slab, Start = position, End = position + size });
        _kept.Used(slab, position + size);
    }

    private void Dequeue()
    {
        _pieces.Dequeue();
        _count--;
        _headBytes = _pieces.TryPeek(out var next) ? next.Lease.Bytes : 0;
    }

    private Allowance Allow(ReceiveShare share)
    {
        var allowance = new Allowance(maxMessages - share.Messages, maxBytes - share.Bytes);
        share.IsHeld = allowance.IsUsedUp;
        return allowance;
    }

    /// <summary>Room comes back. Half of it, not one place: a connection that goes on for one message pays the switch for each.</summary>
    private ZmtpConnection? Give(ReceiveShare share, int messages, long bytes)
    {
        share.Messages -= messages;
        share.Bytes -= bytes;
        if (!share.IsHeld || share.Messages > maxMessages / 2 || share.Bytes > maxBytes / 2)
        {
            return null;
        }

        share.IsHeld = false;
        return share.Connection;
    }
}
