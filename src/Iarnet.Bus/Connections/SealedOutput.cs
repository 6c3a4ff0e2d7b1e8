using System.Buffers;
using Iarnet.Bus.Security;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Connections;

/// <summary>
/// What leaves through an encrypted connection: frames that wait are sealed into a buffer of their own a piece at a time, and count as
/// sent when the whole piece is. Used under the lock of the queue.
/// </summary>
internal sealed class SealedOutput(Mechanism mechanism) : IDisposable
{
    private const int PieceBytes = 128 * 1024;

    private byte[]? _buffer;
    private int _start;
    private int _end;
    private long _plain;

    /// <summary>The rest of the piece, or the next one; false when nothing waits.</summary>
    public bool TryTake(Queue<SendChunk> chunks, out ReadOnlyMemory<byte> piece)
    {
        if (_start == _end)
        {
            Fill(chunks);
        }

        piece = _buffer.AsMemory(_start, _end - _start);
        return piece.Length > 0;
    }

    /// <summary>Counts what left; says how many bytes of the queue are sent with it.</summary>
    public long Sent(int bytes)
    {
        _start += bytes;
        if (_start < _end)
        {
            return 0;
        }

        var plain = _plain;
        _plain = 0;
        return plain;
    }

    public void Dispose()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Fill(Queue<SendChunk> chunks)
    {
        _start = 0;
        _end = 0;
        _plain = 0;
        foreach (var chunk in chunks)
        {
            chunk.Left(out var first, out var second);
            if (chunk.IsLarge)
            {
                if (_end == 0)
                {
                    SealLarge(first.Span, second.Span);
                }

                return;
            }

            if (!SealMany(first.Span))
            {
                return;
            }
        }
    }

    /// <summary>False when the piece is full.</summary>
    private bool SealMany(ReadOnlySpan<byte> frames)
    {
        while (!frames.IsEmpty)
        {
            var header = ZmtpFrames.ReadHeader(frames, out var flags, out var length);
            var body = (int)length;
            var size = mechanism.SealedSize(body);
            if (_end + size > Math.Max(PieceBytes, _buffer?.Length ?? 0))
            {
                return false;
            }

            Reserve(PieceBytes);
            _end += mechanism.Seal(Inner(flags), frames.Slice(header, body), _buffer.AsSpan(_end));
            _plain += header + body;
            frames = frames[(header + body)..];
        }

        return true;
    }

    /// <summary>A message with a buffer of its own, which may lie in two parts and have several frames.</summary>
    private void SealLarge(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        byte[]? joined = null;
        if (!second.IsEmpty)
        {
            joined = ArrayPool<byte>.Shared.Rent(first.Length + second.Length);
            first.CopyTo(joined);
            second.CopyTo(joined.AsSpan(first.Length));
            first = joined.AsSpan(0, first.Length + second.Length);
        }

        var total = 0;
        for (var rest = first; !rest.IsEmpty;)
        {
            var header = ZmtpFrames.ReadHeader(rest, out _, out var length);
            total += mechanism.SealedSize((int)length);
            rest = rest[(header + (int)length)..];
        }

        Reserve(total);
        SealMany(first);
        if (joined is not null)
        {
            ArrayPool<byte>.Shared.Return(joined);
        }
    }

    private void Reserve(int size)
    {
        if (_buffer is null || (_end == 0 && _buffer.Length < size))
        {
            Dispose();
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(size, PieceBytes));
        }
    }

    private static byte Inner(byte flags) => (byte)((flags & ZmtpFrames.More) | ((flags & ZmtpFrames.Command) != 0 ? 2 : 0));
}
