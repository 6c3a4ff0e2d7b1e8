namespace Iarnet.Bus.Wire;

/// <summary>The 64 bytes that open a connection.</summary>
internal static class ZmtpGreeting
{
    public const int Size = 64;

    private static ReadOnlySpan<byte> Null => "NULL"u8;

    public static void Write(Span<byte> target)
    {
        target[..Size].Clear();
        target[0] = 0xFF;
        // As libzmq sends it: a ZMTP 1 peer reads these nine bytes as the length of an identity.
        target[8] = 1;
        target[9] = 0x7F;
        target[10] = 3;
        target[11] = 1;
        Null.CopyTo(target[12..]);
    }

    /// <summary>
    /// Judges what has arrived of a greeting, from its first byte on, so that garbage is refused when it comes and not when
    /// 64 bytes of it are there. Says what is wrong, or null.
    /// </summary>
    public static string? Judge(ReadOnlySpan<byte> arrived)
    {
        if (arrived.Length >= 1 && arrived[0] != 0xFF)
        {
            return $"the first byte is {arrived[0]:X2}, not FF: the peer does not speak ZMTP 3";
        }

        if (arrived.Length >= 10 && (arrived[9] & 1) == 0)
        {
            return "the signature of the greeting is malformed: the peer does not speak ZMTP 3";
        }

        // No older version is implemented, so there is nothing to be downgraded to.
        if (arrived.Length >= 11 && arrived[10] < 3)
        {
            return $"the peer speaks ZMTP {arrived[10]}, 3.0 or newer is needed";
        }

        if (arrived.Length < 32)
        {
            return null;
        }

        var mechanism = arrived.Slice(12, 20);
        if (mechanism.StartsWith(Null) && mechanism[Null.Length..].IndexOfAnyExcept((byte)0) < 0)
        {
            return null;
        }

        return $"the peer wants the mechanism '{Printable(mechanism)}', this socket speaks NULL";
    }

    /// <summary>Text of a peer as it may be shown: no control characters, nothing after the first NUL.</summary>
    public static string Printable(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)0);
        return string.Create(end < 0 ? text.Length : end, text, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = source[i] is >= 0x20 and < 0x7F ? (char)source[i] : '?';
            }
        });
    }
}
