using Iarnet.Bus.Memory;
using Iarnet.Bus.Sockets;

namespace Iarnet.Bus;

/// <summary>
/// A message of one or more frames, in the memory that it was received into. <see cref="Dispose"/> gives that memory back, once;
/// what must live longer is copied (<see cref="ToArray"/>, <see cref="Copy"/>). A message that is never disposed costs the reuse of
/// its memory and nothing else. The messages of a <see cref="ReceivedBatch"/> live as long as the batch, and need no disposing.
/// </summary>
public readonly struct ReceivedMessage : IDisposable
{
    private readonly ReceiveLease? _lease;
    private readonly byte[] _buffer;
    private readonly int _generation;
    private readonly int _index;
    private readonly int _start;
    private readonly int _body;
    private readonly int _length;

    internal ReceivedMessage(ReceiveLease? lease, byte[] buffer, int generation, int index, int start, int frames, int body, int length)
    {
        _lease = lease;
        _buffer = buffer;
        _generation = generation;
        _index = index;
        _start = start;
        FrameCount = frames;
        _body = body;
        _length = length;
    }

    /// <summary>Who sent it, when a ROUTER received it; otherwise null.</summary>
    public PeerIdentity? Peer => Lease.Peer;

    /// <summary>How many frames it has, without that of the identity.</summary>
    public int FrameCount { get; }

    /// <summary>The first frame, which is the whole message when it has only one.</summary>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public ReadOnlyMemory<byte> Body
    {
        get
        {
            _ = Lease;
            return _buffer.AsMemory(_body, _length);
        }
    }

    /// <summary>Bytes of all frames.</summary>
    public long Bytes
    {
        get
        {
            long bytes = _length;
            for (var i = 1; i < FrameCount; i++)
            {
                bytes += this[i].Length;
            }

            return bytes;
        }
    }

    /// <summary>One frame, from 0 on. Looks for it from the first frame on: take the frames of long messages in order, by <see cref="ToFrames"/>.</summary>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public ReadOnlyMemory<byte> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, FrameCount);
            _ = Lease;
            var (body, length) = (_body, _length);
            var at = _start;
            for (var i = 0; i <= index; i++)
            {
                at = FrameWalker.SkipCommands(_buffer, at, int.MaxValue);
                at = FrameWalker.Next(_buffer, at, out body, out length);
            }

            return _buffer.AsMemory(body, length);
        }
    }

    private ReceiveLease Lease
    {
        get
        {
            var lease = _lease;
            ObjectDisposedException.ThrowIf(lease is null || lease.Generation != _generation, typeof(ReceivedMessage));
            return lease;
        }
    }

    /// <summary>The first frame as an array of its own.</summary>
    public byte[] ToArray() => Body.ToArray();

    /// <summary>All frames in the memory of the message.</summary>
    public ReadOnlyMemory<byte>[] ToFrames()
    {
        _ = Lease;
        var frames = new ReadOnlyMemory<byte>[FrameCount];
        var at = _start;
        for (var i = 0; i < frames.Length; i++)
        {
            at = FrameWalker.SkipCommands(_buffer, at, int.MaxValue);
            at = FrameWalker.Next(_buffer, at, out var body, out var length);
            frames[i] = _buffer.AsMemory(body, length);
        }

        return frames;
    }

    /// <summary>The same message in memory of its own, which lives as long as it is referenced.</summary>
    public ReceivedMessage Copy() => ReceiveLease.Copy(Peer, ToFrames());

    /// <summary>Gives the memory back. Later calls, and those on copies of this value, do nothing.</summary>
    public void Dispose() => _lease?.Release(_generation, _index);
}
