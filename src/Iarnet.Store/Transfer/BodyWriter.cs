using System.Buffers.Binary;
using System.Text;

namespace Iarnet.Store.Transfer;

/// <summary>Writes a frame's body: numbers little-endian, texts as a length in two bytes and UTF-8.</summary>
internal ref struct BodyWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    public void Byte(byte value) => Take(1)[0] = value;

    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(2), value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    public void Id(UInt128 value) => BinaryPrimitives.WriteUInt128BigEndian(Take(16), value);

    public void Bytes(ReadOnlySpan<byte> value)
    {
        UInt16((ushort)value.Length);
        value.CopyTo(Take(value.Length));
    }

    public void Text(string value)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        UInt16(checked((ushort)bytes));
        Encoding.UTF8.GetBytes(value, Take(bytes));
    }

    public void Texts(IReadOnlyList<string> values)
    {
        Byte((byte)values.Count);
        foreach (var value in values)
        {
            Text(value);
        }
    }

    private Span<byte> Take(int bytes)
    {
        var taken = _buffer.Slice(Length, bytes);
        Length += bytes;
        return taken;
    }
}
