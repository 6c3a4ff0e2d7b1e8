using System.Buffers.Binary;
using System.Text;

namespace Iarnet.Bus.Wire;

/// <summary>The READY command of the NULL mechanism, which carries the properties of a socket.</summary>
internal static class ZmtpMetadata
{
    public const int MaxIdentity = 255;

    private static ReadOnlySpan<byte> Ready => "\u0005READY"u8;

    private static ReadOnlySpan<byte> Error => "\u0005ERROR"u8;

    /// <summary>READY as a whole frame.</summary>
    public static byte[] WriteReady(string socketType, ReadOnlySpan<byte> identity)
    {
        var type = Encoding.ASCII.GetBytes(socketType);
        var body = Ready.Length + Property("Socket-Type"u8, type.Length) + Property("Identity"u8, identity.Length);
        var frame = new byte[ZmtpFrames.HeaderSize(body) + body];
        var at = ZmtpFrames.WriteHeader(frame, ZmtpFrames.Command, body);
        Ready.CopyTo(frame.AsSpan(at));
        at += Ready.Length;
        at += WriteProperty(frame.AsSpan(at), "Socket-Type"u8, type);
        WriteProperty(frame.AsSpan(at), "Identity"u8, identity);
        return frame;
    }

    /// <summary>ERROR as a whole frame.</summary>
    public static byte[] WriteError(string reason)
    {
        var text = Encoding.ASCII.GetBytes(reason.Length > 255 ? reason[..255] : reason);
        var body = Error.Length + 1 + text.Length;
        var frame = new byte[ZmtpFrames.HeaderSize(body) + body];
        var at = ZmtpFrames.WriteHeader(frame, ZmtpFrames.Command, body);
        Error.CopyTo(frame.AsSpan(at));
        frame[at + Error.Length] = (byte)text.Length;
        text.CopyTo(frame, at + Error.Length + 1);
        return frame;
    }

    /// <summary>Reads READY's body. Says what is wrong, or null; the identity is a slice of the body.</summary>
    public static string? Read(ReadOnlySpan<byte> body, out string socketType, out ReadOnlySpan<byte> identity)
    {
        socketType = "";
        identity = default;
        if (body.StartsWith(Error))
        {
            var text = body[Error.Length..];
            return $"the peer refused: {ZmtpGreeting.Printable(text.IsEmpty ? text : text[1..])}";
        }

        if (!body.StartsWith(Ready))
        {
            return "the peer's first command is not READY";
        }

        var rest = body[Ready.Length..];
        while (!rest.IsEmpty)
        {
            int name = rest[0];
            if (rest.Length < 1 + name + 4)
            {
                return "the peer's READY ends inside a property";
            }

            var length = BinaryPrimitives.ReadUInt32BigEndian(rest[(1 + name)..]);
            var value = rest[(1 + name + 4)..];
            if (length > (uint)value.Length)
            {
                return "a property of the peer's READY is longer than the command";
            }

            value = value[..(int)length];
            var key = rest.Slice(1, name);
            if (Ascii.EqualsIgnoreCase(key, "Socket-Type"u8))
            {
                socketType = ZmtpGreeting.Printable(value);
            }
            else if (Ascii.EqualsIgnoreCase(key, "Identity"u8))
            {
                identity = value;
            }

            rest = rest[(1 + name + 4 + (int)length)..];
        }

        return identity switch
        {
            { Length: > MaxIdentity } => $"the peer's identity has {identity.Length} bytes, {MaxIdentity} are the most",
            { Length: > 0 } when identity[0] == 0 => "the peer's identity begins with a zero byte, which is kept for identities that a ROUTER makes up",
            _ => null,
        };
    }

    private static int Property(ReadOnlySpan<byte> name, int value) => 1 + name.Length + 4 + value;

    private static int WriteProperty(Span<byte> target, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        target[0] = (byte)name.Length;
        name.CopyTo(target[1..]);
        BinaryPrimitives.WriteInt32BigEndian(target[(1 + name.Length)..], value.Length);
        value.CopyTo(target[(1 + name.Length + 4)..]);
        return Property(name, value.Length);
    }
}
