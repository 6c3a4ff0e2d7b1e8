using Iarnet.Bus.Connections;
using Iarnet.Bus.Memory;

namespace Iarnet.Bus.Sockets;

/// <summary>
/// A stretch of received messages in the hands of the application, and which of them it has given back. Used again for others
/// afterwards: values that refer to it carry the generation that they mean, so that disposing twice harms nobody.
/// </summary>
internal sealed class ReceiveLease
{
    /// <summary>The index of a message that is given back with its batch only.</summary>
    public const int NotAlone = -1;

    private Slab? _slab;
    private byte[] _buffer = [];
    private ulong[] _returned = [];
    private int _generation;
    private int _outstanding;
    private int _at;
    private int _taken;

    public int Generation => Volatile.Read(ref _generation);

    public PeerIdentity? Peer { get; private set; }

    public int Start { get; private set; }

    public int Messages { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Messages that have not been taken one by one.</summary>
    public int Left => Messages - _taken;

    /// <summary>Begins to stand for a region, whose slab it uses.</summary>
    public void Begin(PeerIdentity? peer, in Region region)
    {
        region.Slab.Use();
        _slab = region.Slab;
        View(peer, region);
    }

    /// <summary>As <see cref="Begin"/>, but only while the slab is used by the caller.</summary>
    public void View(PeerIdentity? peer, in Region region)
    {
        Peer = peer;
        _buffer = region.Slab.Buffer;
        Start = region.Start;
        Messages = region.Messages;
        Bytes = region.Bytes;
        _at = region.Start;
        _taken = 0;
        _outstanding = region.Messages;
    }

    /// <summary>Ends what <see cref="View"/> began.</summary>
    public void EndView() => Interlocked.Increment(ref _generation);

    /// <summary>Takes the next message by itself.</summary>
    public ReceivedMessage Take()
    {
        if (_taken == 0)
        {
            var words = (Messages + 63) / 64;
            if (_returned.Length < words)
            {
                _returned = new ulong[words];
            }
            else
            {
                _returned.AsSpan(0, words).Clear();
            }
        }

        return Walk(_generation, _taken++, ref _at);
    }

    /// <summary>The message at a place, which moves behind it.</summary>
    public ReceivedMessage Walk(int generation, int index, ref int at)
    {
        var start = FrameWalker.SkipCommands(_buffer, at, int.MaxValue);
        at = FrameWalker.NextMessage(_buffer, start, out var frames, out var body, out var length);
        return new ReceivedMessage(this, _buffer, generation, index, start, frames, body, length);
    }

    /// <summary>The rest, after some were taken one by one, becomes a lease of its own.</summary>
    public ReceiveLease Split(long bytesLeft)
    {
        var rest = LeasePool.Take();
        rest.Begin(Peer, new Region(_slab!, _at, 0, Left, bytesLeft));
        var unused = Left;
        _taken = Messages;
        if (Interlocked.Add(ref _outstanding, -unused) == 0)
        {
            Recycle();
        }

        return rest;
    }

    public void Release(int generation, int index)
    {
        if (index == NotAlone || generation != Generation)
        {
            return;
        }

        var bit = 1UL << (index & 63);
        if ((Interlocked.Or(ref _returned[index >> 6], bit) & bit) == 0 && Interlocked.Decrement(ref _outstanding) == 0)
        {
            Recycle();
        }
    }

    public void ReleaseAll(int generation)
    {
        if (_slab is not null && Interlocked.CompareExchange(ref _generation, generation + 1, generation) == generation)
        {
            Free();
        }
    }

    public static ReceivedMessage Copy(PeerIdentity? peer, ReadOnlyMemory<byte>[] frames)
    {
        var buffer = new byte[FrameEncoder.Size(frames)];
        FrameEncoder.Write(frames, buffer);
        var lease = new ReceiveLease { Peer = peer, _buffer = buffer, Messages = 1 };
        var at = 0;
        return lease.Walk(lease._generation, NotAlone, ref at);
    }

    private void Recycle()
    {
        Interlocked.Increment(ref _generation);
        Free();
    }

    private void Free()
    {
        var slab = _slab;
        _slab = null;
        _buffer = [];
        Peer = null;
        slab!.Release();
        LeasePool.Return(this);
    }
}
