using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Iarnet.Bus.Wire;

/// <summary>Reads protobuf fields of one message over a span. What it does not know it skips; what is malformed it reports once and for all.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> source)
{
    private const int MaxVarint = 10;

    /// <summary>The kinds of a field on the wire.</summary>
    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int Bytes = 2;
    private const int Fixed32 = 5;

    private readonly ReadOnlySpan<byte> _source = source;

    /// <summary>Where the next byte is read.</summary>
    public int Position { get; private set; }

    public bool Failed { get; private set; }

    /// <summary>The next field; false at the end, and when the message is malformed.</summary>
    public bool Next(out int field, out int kind)
    {
        field = 0;
        kind = 0;
        if (Failed || Position >= _source.Length)
        {
            return false;
        }

        var tag = ReadVarint();
        field = (int)(tag >> 3);
        kind = (int)(tag & 7);
        if (tag > uint.MaxValue || field == 0)
        {
            Failed = true;
        }

        return !Failed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadVarint()
    {
        if (Position < _source.Length && _source[Position] < 0x80)
        {
            return _source[Position++];
        }

        return ReadLongVarint();
    }

    public ulong ReadFixed64()
    {
        if (_source.Length - Position < sizeof(ulong))
        {
            Failed = true;
            return 0;
        }

        var value = BinaryPrimitives.ReadUInt64LittleEndian(_source[Position..]);
        Position += sizeof(ulong);
        return value;
    }

    /// <summary>The extent of a length-delimited field.</summary>
    public Range ReadBytes()
    {
        var length = ReadVarint();
        if (Failed || length > (ulong)(_source.Length - Position))
        {
            Failed = true;
            return default;
        }

        var start = Position;
        Position += (int)length;
        return start..Position;
    }

    /// <summary>A text of at most so many bytes; a longer one fails the message before anything is allocated.</summary>
    public string ReadText(int limit)
    {
        var bytes = _source[ReadBytes()];
        if (bytes.Length > limit)
        {
            Failed = true;
            return "";
        }

        return bytes.IsEmpty ? "" : Encoding.UTF8.GetString(bytes);
    }

    public void Skip(int kind)
    {
        switch (kind)
        {
            case Varint:
                ReadVarint();
                break;
            case Fixed64:
                ReadFixed64();
                break;
            case Bytes:
                ReadBytes();
                break;
            case Fixed32 when _source.Length - Position >= sizeof(uint):
                Position += sizeof(uint);
                break;
            default:
                // Groups went with proto2, and nesting with them: there is no recursion here.
                Failed = true;
                break;
        }
    }

    private ulong ReadLongVarint()
    {
        ulong value = 0;
        for (var i = 0; i < MaxVarint && Position < _source.Length; i++)
        {
            var part = _source[Position++];
            value |= (ulong)(part & 0x7F) << (7 * i);
            if (part < 0x80)
            {
                return value;
            }
        }

        Failed = true;
        return 0;
    }
}
