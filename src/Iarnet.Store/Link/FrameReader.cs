using System.Buffers.Binary;
using System.Text;
using Iarnet.Objects;

namespace Iarnet.Store.Link;

/// <summary>Reads the body of one frame.</summary>
internal ref struct FrameReader
{
    private ReadOnlySpan<byte> _left;

    public FrameReader(ReadOnlySpan<byte> frame)
    {
        _left = frame;
        Kind = (FrameKind)Byte();
        Call = U32();
    }

    public FrameKind Kind { get; }

    public uint Call { get; }

    public byte Byte() => Take(1)[0];

    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public ulong U64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    public ObjectId Id() => new(BinaryPrimitives.ReadUInt128BigEndian(Take(16)));

    /// <summary>An id, or null when it is all zeros.</summary>
    public ObjectId? OptionalId() => Id() is var id && id.Value == UInt128.Zero ? null : id;

    public string Text() => Encoding.UTF8.GetString(Take(U16()));

    public Dictionary<string, string>? Pairs()
    {
        var count = U16();
        if (count == 0)
        {
            return null;
        }

        var pairs = new Dictionary<string, string>(Math.Min((int)count, 64), StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var key = Text();
            pairs[key] = Text();
        }

        return pairs;
    }

    /// <summary>All that is left.</summary>
    public ReadOnlySpan<byte> Rest() => Take(_left.Length);

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _left.Length)
        {
            throw new LinkProtocolException($"A frame of the link ends {count - _left.Length} bytes too early.");
        }

        var taken = _left[..count];
        _left = _left[count..];
        return taken;
    }
}
