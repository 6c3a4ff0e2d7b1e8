using System.Buffers.Binary;
using System.Net.Sockets;

namespace Iarnet.Store.Link;

/// <summary>Frames over a stream socket. One reader at a time; sending is thread-safe.</summary>
internal sealed class FrameSocket(Socket socket) : IDisposable
{
    private readonly Lock _sending = new();
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>Whether another frame has arrived already.</summary>
    public bool HasFrame => _end - _start >= Frame.PrefixBytes && _end - _start - Frame.PrefixBytes >= LengthAtStart;

    private int LengthAtStart => BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));

    /// <summary>Sends a frame. Blocks while the other end takes nothing, no longer than the socket's send timeout.</summary>
    /// <exception cref="SocketException">The other end is gone or takes nothing.</exception>
    public void Send(in FrameWriter frame)
    {
        lock (_sending)
        {
            var left = frame.Finish().Span;
            while (!left.IsEmpty)
            {
                left = left[socket.Send(left)..];
            }
        }
    }

    /// <summary>The next frame, valid until the next call; empty at the end of the link.</summary>
    /// <exception cref="LinkProtocolException">The other end announced a frame that is too long or too short.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync()
    {
        while (true)
        {
            if (_end - _start >= Frame.PrefixBytes)
            {
                var length = LengthAtStart;
                if (length is < Frame.HeadBytes or > Frame.LongestBytes)
                {
                    throw new LinkProtocolException($"A frame of the link announces {length} bytes: expected {Frame.HeadBytes} to {Frame.LongestBytes}.");
                }

                if (_end - _start - Frame.PrefixBytes >= length)
                {
                    var frame = _buffer.AsMemory(_start + Frame.PrefixBytes, length);
                    _start += Frame.PrefixBytes + length;
                    return frame;
                }

                MakeRoom(Frame.PrefixBytes + length);
            }
            else
            {
                MakeRoom(Frame.PrefixBytes);
            }

            var count = await socket.ReceiveAsync(_buffer.AsMemory(_end)).ConfigureAwait(false);
            if (count == 0)
            {
                return default;
            }

            _end += count;
        }
    }

    public void Dispose() => socket.Dispose();

    // The last frame that was given is used up by now.
    private void MakeRoom(int needed)
    {
        var held = _buffer.AsSpan(_start, _end - _start);
        if (_start + needed > _buffer.Length || _end == _buffer.Length)
        {
            var target = needed > _buffer.Length ? new byte[Math.Max(needed, 2 * _buffer.Length)] : _buffer;
            held.CopyTo(target);
            _buffer = target;
            _end = held.Length;
            _start = 0;
        }
    }
}
