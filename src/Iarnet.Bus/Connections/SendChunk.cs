using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Connections;

/// <summary>
/// Encoded messages on their way out: many small ones in one buffer, or one large one as a header and the memory of its sender.
/// A message never straddles two chunks, so a chunk that was cut off knows where its messages begin.
/// </summary>
internal sealed class SendChunk
{
    private readonly byte[] _buffer;
    private readonly ArraySegment<byte> _body;
    private int _filled;
    private long _sent;

    /// <summary>An empty buffer for small messages.</summary>
    public SendChunk(int size)
    {
        _buffer = new byte[size];
    }

    /// <summary>One large message.</summary>
    public SendChunk(byte[] head, ArraySegment<byte> body)
    {
        _buffer = head;
        _filled = head.Length;
        _body = body;
        Messages = 1;
        IsLarge = true;
    }

    public bool IsLarge { get; }

    public int Messages { get; private set; }

    /// <summary>Bytes of commands.</summary>
    public int Control { get; private set; }

    public long Length => _filled + _body.Count;

    public bool IsSent => _sent == Length;

    /// <summary>Room for one more small message, which counts as written when it is asked for; empty when there is none.</summary>
    public Span<byte> Take(int size, int messages)
    {
        if (IsLarge || _buffer.Length - _filled < size)
        {
            return default;
        }

        var room = _buffer.AsSpan(_filled, size);
        _filled += size;
        Messages += messages;
        Control += messages == 0 ? size : 0;
        return room;
    }

    /// <summary>Adds what is still to be sent.</summary>
    public long Gather(List<ArraySegment<byte>> segments)
    {
        var left = Length - _sent;
        if (_sent < _filled)
        {
            segments.Add(new ArraySegment<byte>(_buffer, (int)_sent, _filled - (int)_sent));
        }

        if (_body.Count > 0)
        {
            var skip = (int)Math.Max(0, _sent - _filled);
            segments.Add(_body.Slice(skip));
        }

        return left;
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
