using System.Buffers;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Connections;

/// <summary>
/// Encoded messages on their way out: many small ones in one buffer, or one large one as a header and the memory of its sender.
/// A message never straddles two chunks, so a chunk that was cut off knows where its messages begin.
/// </summary>
internal sealed class SendChunk
{
    private readonly byte[] _buffer;
    private readonly ReadOnlyMemory<byte> _body;
    private readonly int _capacity;
    private readonly bool _isRented;
    private int _filled;
    private long _sent;

    /// <summary>An empty buffer for small messages.</summary>
    public SendChunk(int size)
    {
        _buffer = GC.AllocateUninitializedArray<byte>(size);
        _capacity = size;
    }

    private SendChunk(byte[] head, int filled, ReadOnlyMemory<byte> body, bool isRented)
    {
        _buffer = head;
        _filled = filled;
        _body = body;
        _isRented = isRented;
        Messages = 1;
        IsLarge = true;
    }

    public bool IsLarge { get; }

    public int Capacity => _capacity;

    public int Messages { get; private set; }

    /// <summary>Bytes of commands.</summary>
    public int Control { get; private set; }

    public long Length => _filled + _body.Length;

    public bool IsSent => _sent == Length;

    /// <summary>One large message whose body stays where its sender has it.</summary>
    public static SendChunk Referencing(byte[] head, ReadOnlyMemory<byte> body) => new(head, head.Length, body, isRented: false);

    /// <summary>One large message of so many bytes, to be written into <paramref name="target"/>.</summary>
    public static SendChunk Copying(int size, out Span<byte> target)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        target = buffer.AsSpan(0, size);
        return new SendChunk(buffer, size, default, isRented: true);
    }

    /// <summary>Room for one more small message, which counts as written when it is asked for; empty when there is none.</summary>
    public Span<byte> Take(int size, int messages)
    {
        if (_capacity - _filled < size)
        {
            return default;
        }

        var room = _buffer.AsSpan(_filled, size);
        _filled += size;
        Messages += messages;
        Control += messages == 0 ? size : 0;
        return room;
    }

    /// <summary>What is still to be sent: the rest of the buffer, and of the body.</summary>
    public void Left(out ReadOnlyMemory<byte> first, out ReadOnlyMemory<byte> second)
    {
        var at = (int)Math.Min(_sent, _filled);
        first = _buffer.AsMemory(at, _filled - at);
        second = _body[(int)(_sent - at)..];
    }

    /// <summary>Counts bytes as sent; says how many of them were this chunk's.</summary>
    public long Advance(long sent)
    {
        var mine = Math.Min(sent, Length - _sent);
        _sent += mine;
        return mine;
    }

    /// <summary>An emptied buffer starts anew.</summary>
    public void Reset()
    {
        _filled = 0;
        _sent = 0;
        Messages = 0;
        Control = 0;
    }

    /// <summary>Nobody will read it any more.</summary>
    public void Release()
    {
        if (_isRented)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
        else
        {
            ChunkPool.Return(this);
        }
    }

    /// <summary>
    /// The connection was lost: the message that was cut in two is sent whole to the next one, those before it are not sent again.
    /// </summary>
    public void Rewind()
    {
        if (IsLarge || _sent == 0)
        {
            _sent = 0;
            return;
        }

        long begin = 0;
        long at = 0;
        while (at < _sent)
        {
            var header = ZmtpFrames.ReadHeader(_buffer.AsSpan((int)at, _filled - (int)at), out var flags, out var body);
            at += header + (long)body;
            if (at <= _sent && (flags & ZmtpFrames.More) == 0)
            {
                begin = at;
            }
        }

        _sent = begin;
    }
}
