using System.Buffers.Binary;

namespace Iarnet.Bus.Wire;

/// <summary>The frames of ZMTP 3.1 (RFC 37): a flags byte, a length of 1 or 8 bytes, the body.</summary>
internal static class ZmtpFrames
{
    public const byte More = 1;
    public const byte Long = 2;
    public const byte Command = 4;
    public const byte Reserved = 0xF8;
    public const int ShortHeader = 2;
    public const int LongHeader = 9;
    public const int MaxShortBody = 255;

    public static int HeaderSize(long body) => body <= MaxShortBody ? ShortHeader : LongHeader;

    /// <summary>Writes a header and says how long it is.</summary>
    public static int WriteHeader(Span<byte> target, byte flags, long body)
    {
        if (body <= MaxShortBody)
        {
            target[0] = flags;
            target[1] = (byte)body;
            return ShortHeader;
        }

        target[0] = (byte)(flags | Long);
        BinaryPrimitives.WriteInt64BigEndian(target[1..], body);
        return LongHeader;
    }

    /// <summary>
    /// Reads a header: its size, or 0 when bytes are missing. The length is unsigned as it came; the caller compares it with its
    /// limit before it does arithmetic with it.
    /// </summary>
    public static int ReadHeader(ReadOnlySpan<byte> source, out byte flags, out ulong body)
    {
        flags = 0;
        body = 0;
        if (source.Length < ShortHeader)
        {
            if (source.Length == 1)
            {
                flags = source[0];
            }

            return 0;
        }

        flags = source[0];
        if ((flags & Long) == 0)
        {
            body = source[1];
            return ShortHeader;
        }

        if (source.Length < LongHeader)
        {
            return 0;
        }

        body = BinaryPrimitives.ReadUInt64BigEndian(source[1..]);
        return LongHeader;
    }
}
