namespace Iarnet.Bus.Security;

/// <summary>Z85 (RFC 32 of ZeroMQ): four bytes as five printable characters.</summary>
internal static class Z85
{
    private const byte None = 0xFF;

    private static readonly byte[] Values = MakeValues();

    private static ReadOnlySpan<byte> Digits => "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"u8;

    /// <summary>Writes bytes, whose number is a multiple of four, as 5/4 as many characters.</summary>
    public static void Encode(ReadOnlySpan<byte> bytes, Span<char> target)
    {
        for (var at = 0; at < bytes.Length; at += 4)
        {
            var value = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            var to = target.Slice(at / 4 * 5, 5);
            for (var digit = 4; digit >= 0; digit--)
            {
                to[digit] = (char)Digits[(int)(value % 85)];
                value /= 85;
            }
        }
    }

    /// <summary>Reads characters into 4/5 as many bytes. False when the length does not fit or a group of five is no number.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> target)
    {
        if (text.Length % 5 != 0 || target.Length != text.Length / 5 * 4)
        {
            return false;
        }

        for (var at = 0; at < text.Length; at += 5)
        {
            ulong value = 0;
            foreach (var digit in text.Slice(at, 5))
            {
                if (digit >= Values.Length || Values[digit] == None)
                {
                    return false;
                }

                value = (value * 85) + Values[digit];
            }

            if (value > uint.MaxValue)
            {
                return false;
            }

            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(target[(at / 5 * 4)..], (uint)value);
        }

        return true;
    }

    private static byte[] MakeValues()
    {
        var values = new byte[128];
        values.AsSpan().Fill(None);
        for (var value = 0; value < Digits.Length; value++)
        {
            values[Digits[value]] = (byte)value;
        }

        return values;
    }
}
