using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Iarnet.Bus.Wire;

/// <summary>Writes protobuf fields into a span that is large enough.</summary>
internal ref struct ProtoWriter(Span<byte> target)
{
    private readonly Span<byte> _target = target;

    public int Position { readonly get; private set; }

    /// <summary>Bytes that can still be written.</summary>
    public readonly int Room => _target.Length - Position;

    /// <summary>What <see cref="Varint"/> writes, for a field number below 16.</summary>
    public static int FieldSize(ulong value) => value == 0 ? 0 : 1 + VarintSize(value);

    public static int VarintSize(ulong value) => (((63 - BitOperations.LeadingZeroCount(value | 1)) * 9) + 73) / 64;

    /// <summary>Zero is the default of proto3 and is not written.</summary>
    public void Varint(int field, ulong value)
    {
        if (value != 0)
        {
            Tag(field, ProtoReader.Varint);
            Raw(value);
        }
    }

    public void Fixed64(int field, ulong value)
    {
        if (value != 0)
        {
            Tag(field, ProtoReader.Fixed64);
            BinaryPrimitives.WriteUInt64LittleEndian(_target[Position..], value);
            Position += sizeof(ulong);
        }
    }

    public void Text(int field, string value)
    {
        if (value.Length != 0)
        {
            Length(field, Encoding.UTF8.GetByteCount(value));
            Position += Encoding.UTF8.GetBytes(value, _target[Position..]);
        }
    }

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Length(field, value.Length);
        value.CopyTo(_target[Position..]);
        Position += value.Length;
    }

    /// <summary>The front of a length-delimited field whose bytes follow by other means.</summary>
    public void Length(int field, int length)
    {
        Tag(field, ProtoReader.Bytes);
        Raw((ulong)length);
    }

    /// <summary>Bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_target[Position..]);
        Position += bytes.Length;
    }

    private void Tag(int field, int kind) => Raw((ulong)((field << 3) | kind));

    private void Raw(ulong value)
    {
        while (value >= 0x80)
        {
            _target[Position++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _target[Position++] = (byte)value;
    }
}
