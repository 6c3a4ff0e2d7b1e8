using System.Buffers.Binary;

namespace Iarnet.Bus.Wire;

/// <summary>PING and PONG (RFC 37): a time to live in tenths of a second and a context of at most 16 bytes, which the answer repeats.</summary>
internal static class ZmtpHeartbeat
{
    public const int MaxContext = 16;

    private static ReadOnlySpan<byte> Ping => "\u0004PING"u8;

    private static ReadOnlySpan<byte> Pong => "\u0004PONG"u8;

    /// <summary>Room for either command with the longest context.</summary>
    public const int MaxFrame = ZmtpFrames.ShortHeader + 5 + 2 + MaxContext;

    public static int WritePing(Span<byte> target, TimeSpan timeToLive, ReadOnlySpan<byte> context)
    {
        var at = ZmtpFrames.WriteHeader(target, ZmtpFrames.Command, Ping.Length + 2 + context.Length);
        Ping.CopyTo(target[at..]);
        at += Ping.Length;
        BinaryPrimitives.WriteUInt16BigEndian(target[at..], (ushort)Math.Clamp(timeToLive.TotalMilliseconds / 100, 0, ushort.MaxValue));
        context.CopyTo(target[(at + 2)..]);
        return at + 2 + context.Length;
    }

    public static int WritePong(Span<byte> target, ReadOnlySpan<byte> context)
    {
        var at = ZmtpFrames.WriteHeader(target, ZmtpFrames.Command, Pong.Length + context.Length);
        Pong.CopyTo(target[at..]);
        context.CopyTo(target[(at + Pong.Length)..]);
        return at + Pong.Length + context.Length;
    }

    public static bool TryReadPing(ReadOnlySpan<byte> body, out TimeSpan timeToLive, out ReadOnlySpan<byte> context)
    {
        timeToLive = default;
        context = default;
        if (!body.StartsWith(Ping) || body.Length < Ping.Length + 2)
        {
            return false;
        }

        timeToLive = TimeSpan.FromMilliseconds(100 * BinaryPrimitives.ReadUInt16BigEndian(body[Ping.Length..]));
        context = body[(Ping.Length + 2)..];
        context = context[..Math.Min(context.Length, MaxContext)];
        return true;
    }

    public static bool TryReadPong(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> context)
    {
        var pong = body.StartsWith(Pong);
        context = pong ? body[Pong.Length..] : default;
        return pong;
    }
}
