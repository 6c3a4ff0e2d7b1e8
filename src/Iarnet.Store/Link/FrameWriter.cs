using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Iarnet.Objects;

namespace Iarnet.Store.Link;

/// <summary>Builds one frame in a rented buffer. Dispose it.</summary>
internal struct FrameWriter : IDisposable
{
    private byte[] _buffer;
    private int _length;

    public FrameWriter(FrameKind kind, uint call, int expected = 256)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(expected + Frame.PrefixBytes + Frame.HeadBytes);
        _length = Frame.PrefixBytes;
        Byte((byte)kind);
        U32(call);
    }

    /// <summary>The frame with its length.</summary>
    public readonly ReadOnlyMemory<byte> Finish()
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer, _length - Frame.PrefixBytes);
        return _buffer.AsMemory(0, _length);
    }

    public void Byte(byte value) => Room(1)[0] = value;

    public void U16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Room(sizeof(ushort)), value);

    public void U32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Room(sizeof(uint)), value);

    public void U64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Room(sizeof(ulong)), value);

    public void Id(ObjectId id) => BinaryPrimitives.WriteUInt128BigEndian(Room(16), id.Value);

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length));

    public void Text(string text)
    {
        // Only errors are that long.
        if (text.Length > 8192)
        {
            text = text[..8192];
        }

        var count = Encoding.UTF8.GetByteCount(text);
        U16((ushort)count);
        Encoding.UTF8.GetBytes(text, Room(count));
    }

    public void Pairs(IReadOnlyDictionary<string, string>? pairs)
    {
        U16((ushort)(pairs?.Count ?? 0));
        foreach (var (key, value) in pairs ?? new Dictionary<string, string>())
        {
            Text(key);
            Text(value);
        }
    }

    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private Span<byte> Room(int count)
    {
        if (_buffer.Length - _length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(2 * _buffer.Length, _length + count));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        _length += count;
        return _buffer.AsSpan(_length - count, count);
    }
}
