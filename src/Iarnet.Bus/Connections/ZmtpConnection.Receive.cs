using System.Buffers;
using Iarnet.Bus.Memory;
using Iarnet.Bus.Transport;

namespace Iarnet.Bus.Connections;

// Bytes are received into the slab of the loop and parsed where they lie. What is left of an unfinished message waits in a small
// buffer of its own (the carry), or, when it is large, grows in a slab of its own.
internal sealed partial class ZmtpConnection
{
    /// <summary>Receives that one connection makes before others of the loop have their turn.</summary>
    private const int ReceivesPerTurn = 4;

    /// <summary>The least that is worth a receive.</summary>
    private const int LeastRoom = 32 * 1024;

    /// <summary>Messages above it are received into memory of their own, without being moved.</summary>
    private const int LargeMessage = 32 * 1024;

    /// <summary>Memory for a large message begins with at most this much, and grows twofold as its bytes arrive: a size that is only announced costs little.</summary>
    private const int FirstLarge = 256 * 1024;

    private byte[]? _carry;
    private int _carried;
    private Slab? _large;
    private int _largeCapacity;
    private int _largeFilled;
    private bool _held;

    /// <summary>How much the peer may still deliver; set by the owner, on the loop, when it takes messages.</summary>
    public Allowance Allowance { get; set; } = Allowance.Unlimited;

    public void Readable()
    {
        try
        {
            for (var i = 0; i < ReceivesPerTurn && !_held && !_failed && _phase != Phase.Deciding; i++)
            {
                if (_phase == Phase.Ended || !(_large is null ? ReceiveMany() : ReceiveLarge()))
                {
                    return;
                }
            }
        }
        catch (Exception e)
        {
            Break(e);
        }
    }

    /// <summary>False when the kernel has no more, which a receive that did not fill its room says too.</summary>
    private bool ReceiveMany()
    {
        var slab = Loop.Memory.Take(_carried + LeastRoom, out var start);
        var at = start + _carried;
        var room = Math.Min(SlabPool.Size - at, WorthReceiving());
        var received = Link.TryReceive(slab.Buffer.AsSpan(at, room));
        if (!Count(received))
        {
            return false;
        }

        _carry.AsSpan(0, _carried).CopyTo(slab.Buffer.AsSpan(start));
        DropCarry();
        Process(slab, start, at + received);
        return received == room;
    }

    /// <summary>More than the peer may deliver would only have to be carried to the next turn.</summary>
    private int WorthReceiving() => (int)Math.Clamp((long)Allowance.Messages * _usualMessage, LeastRoom, SlabPool.Size);

    private bool ReceiveLarge()
    {
        var slab = _large!;
        var room = _largeCapacity - _largeFilled;
        var received = Link.TryReceive(slab.Buffer.AsSpan(_largeFilled, room));
        if (!Count(received))
        {
            return false;
        }

        _largeFilled += received;
        if (_largeFilled >= _needed)
        {
            ProcessLarge();
        }
        else if (_largeFilled == _largeCapacity)
        {
            GrowLarge();
        }

        return received == room;
    }

    private bool Count(int received)
    {
        if (received == ITransportLink.Nothing)
        {
            return false;
        }

        if (received == 0)
        {
            End($"the peer closed the connection{WhyInHandshake()}");
            return false;
        }

        _lastReceived = _time.GetTimestamp();
        return true;
    }

    private void Process(Slab slab, int start, int end)
    {
        if (_phase != Phase.Open)
        {
            start = TakeHandshake(slab.Buffer, start, end);
        }

        if (_phase == Phase.Open)
        {
            TakeTraffic(slab, start, end);
        }
        else if (_phase != Phase.Ended)
        {
            Carry(slab.Buffer, start, end, default, 0);
        }
    }

    private void ProcessLarge()
    {
        var slab = _large!;
        var filled = _largeFilled;
        _large = null;
        _isLarge = true;
        try
        {
            Process(slab, 0, filled);
        }
        finally
        {
            _isLarge = false;
            if (_large != slab)
            {
                slab.Release();
            }
        }
    }

    /// <summary>The owner has room again: what has been received goes first.</summary>
    private void Release()
    {
        if (_phase is Phase.Ended or Phase.Deciding)
        {
            return;
        }

        if (_phase == Phase.Open && !_closeSending)
        {
            Allowance = _hub.Allow(this);
            if (Allowance.IsUsedUp)
            {
                return;
            }
        }

        _held = false;
        if (_large is not null && _largeFilled >= _needed)
        {
            ProcessLarge();
        }
        else if (_carried > 0)
        {
            var carry = _carry!;
            var size = _carried;
            _carry = null;
            _carried = 0;
            var slab = Loop.Memory.Take(size, out var start);
            carry.AsSpan(0, size).CopyTo(slab.Buffer.AsSpan(start));
            ArrayPool<byte>.Shared.Return(carry);
            Process(slab, start, start + size);
        }

        if (!_held && _phase is not (Phase.Ended or Phase.Deciding))
        {
            Link.Resume();
        }
    }

    private void Hold()
    {
        if (!_held)
        {
            _held = true;
            Link.Pause();
        }
    }

    /// <summary>Keeps two pieces, which lie one behind the other afterwards.</summary>
    private void Carry(byte[] buffer, int start, int end, byte[]? behind, int behindStart, int behindEnd = 0)
    {
        var size = end - start + behindEnd - behindStart;
        if (size == 0)
        {
            return;
        }

        _carry = ArrayPool<byte>.Shared.Rent(size);
        _carried = size;
        buffer.AsSpan(start, end - start).CopyTo(_carry);
        behind.AsSpan(behindStart, behindEnd - behindStart).CopyTo(_carry.AsSpan(end - start));
    }

    private void DropCarry()
    {
        if (_carry is { } carry)
        {
            _carry = null;
            _carried = 0;
            ArrayPool<byte>.Shared.Return(carry);
        }
    }

    private void GrowLarge()
    {
        var old = _large!;
        _largeCapacity = (int)Math.Min(_needed, Math.Max(2L * _largeCapacity, FirstLarge));
        _large = Slab.Large(_largeCapacity);
        old.Buffer.AsSpan(0, _largeFilled).CopyTo(_large.Buffer);
        old.Release();
    }

    private void DropReceived()
    {
        DropCarry();
        _large?.Release();
        _large = null;
    }
}
