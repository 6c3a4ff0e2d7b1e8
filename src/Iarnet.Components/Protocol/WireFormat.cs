using System.Numerics;
using System.Text;

namespace Iarnet.Components.Protocol;

/// <summary>
/// The primitives of the Protocol Buffers encoding (https://protobuf.dev/programming-guides/encoding), for the messages
/// that every call sends: they are written and read without making an object for each.
/// </summary>
internal static class WireFormat
{
    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int Bytes = 2;
    public const int Fixed32 = 5;

    public static byte Tag(int field, int type) => (byte)((field << 3) | type);

    public static int SizeOf(ulong value) => 1 + ((63 - BitOperations.LeadingZeroCount(value | 1)) / 7);

    /// <summary>Tag and value; nothing for the default, which proto3 leaves out.</summary>
    public static int FieldSize(ulong value) => value == 0 ? 0 : 1 + SizeOf(value);

    /// <summary>Tag, length and bytes.</summary>
    public static int FieldSizeOfBytes(int length) => 1 + SizeOf((ulong)length) + length;

    public static int FieldSizeOfText(string text) => text.Length == 0 ? 0 : FieldSizeOfBytes(Encoding.UTF8.GetByteCount(text));

    public static int Write(Span<byte> to, int at, ulong value)
    {
        while (value >= 0x80)
        {
            to[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        to[at++] = (byte)value;
        return at;
    }

    public static int WriteField(Span<byte> to, int at, int field, ulong value)
    {
        if (value == 0)
        {
            return at;
        }

        to[at++] = Tag(field, Varint);
        return Write(to, at, value);
    }

    public static int WriteHead(Span<byte> to, int at, int field, int length)
    {
        to[at++] = Tag(field, Bytes);
        return Write(to, at, (ulong)length);
    }

    public static int WriteField(Span<byte> to, int at, int field, ReadOnlySpan<byte> bytes)
    {
        at = WriteHead(to, at, field, bytes.Length);
        bytes.CopyTo(to[at..]);
        return at + bytes.Length;
    }

    public static int WriteField(Span<byte> to, int at, int field, string text)
    {
        if (text.Length == 0)
        {
            return at;
        }

        at = WriteHead(to, at, field, Encoding.UTF8.GetByteCount(text));
        return at + Encoding.UTF8.GetBytes(text, to[at..]);
    }
}
