using System.Text;

namespace Iarnet.Components.Protocol;

/// <summary>Reads fields one after the other. Every length is checked against what is there before it is used.</summary>
internal ref struct WireReader
{
    private readonly ReadOnlySpan<byte> _bytes;

    public WireReader(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
    }

    public int Position { get; private set; }

    public readonly bool HasMore => Position < _bytes.Length;

    public bool TryReadTag(out int field, out int type)
    {
        if (Position == _bytes.Length)
        {
            field = type = 0;
            return false;
        }

        var tag = ReadVarint();
        field = (int)(tag >> 3);
        type = (int)(tag & 7);
        return field > 0 ? true : throw Malformed("a field has the number 0");
    }

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (Position >= _bytes.Length)
            {
                throw Malformed("it ends inside a number");
            }

            var next = _bytes[Position++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Malformed("a number is longer than 64 bits");
    }

    /// <summary>The extent of a length-delimited field, as offsets into the bytes given to the constructor.</summary>
    public (int Start, int Length) ReadExtent()
    {
        var length = ReadVarint();
        if (length > (ulong)(_bytes.Length - Position))
        {
            throw Malformed($"a field says that it has {length} bytes where {_bytes.Length - Position} are left");
        }

        var start = Position;
        Position += (int)length;
        return (start, (int)length);
    }

    public ReadOnlySpan<byte> ReadBytes()
    {
        var (start, length) = ReadExtent();
        return _bytes.Slice(start, length);
    }

    public string ReadText() => Encoding.UTF8.GetString(ReadBytes());

    public void Skip(int type)
    {
        switch (type)
        {
            case WireFormat.Varint:
                ReadVarint();
                break;
            case WireFormat.Bytes:
                ReadExtent();
                break;
            case WireFormat.Fixed64:
                Advance(8);
                break;
            case WireFormat.Fixed32:
                Advance(4);
                break;
            default:
                throw Malformed($"wire type {type} is not in use");
        }
    }

    public static InvalidDataException Malformed(string what) => new($"Not a message of the actor protocol: {what}.");

    private void Advance(int count)
    {
        if (count > _bytes.Length - Position)
        {
            throw Malformed("it ends inside a number");
        }

        Position += count;
    }
}
