using System.Buffers;
using System.Text;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Security;

/// <summary>The commands of a handshake: each begins with its name, whose length stands before it.</summary>
internal static class HandshakeCommand
{
    public static ReadOnlySpan<byte> Ready => "\u0005READY"u8;

    public static ReadOnlySpan<byte> Hello => "\u0005HELLO"u8;

    public static ReadOnlySpan<byte> Welcome => "\u0007WELCOME"u8;

    public static ReadOnlySpan<byte> Initiate => "\u0008INITIATE"u8;

    private static ReadOnlySpan<byte> Error => "\u0005ERROR"u8;

    // What libzmq (4.3.4 among others) sends and expects in PLAIN: its source has the length as \x5, to which the E then belongs.
    private static ReadOnlySpan<byte> LibzmqError => "^RROR"u8;

    /// <summary>Writes the header of a command frame and the name; the rest of the body is the caller's, who must <see cref="IBufferWriter{T}.Advance"/> by the size of the whole frame.</summary>
    public static Span<byte> Begin(IBufferWriter<byte> output, ReadOnlySpan<byte> name, int rest, out int frame)
    {
        var body = name.Length + rest;
        frame = ZmtpFrames.HeaderSize(body) + body;
        var target = output.GetSpan(frame);
        var at = ZmtpFrames.WriteHeader(target, ZmtpFrames.Command, body);
        name.CopyTo(target[at..]);
        return target.Slice(at + name.Length, rest);
    }

    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> rest)
    {
        rest.CopyTo(Begin(output, name, rest.Length, out var frame));
        output.Advance(frame);
    }

    /// <summary>Writes ERROR; of a longer reason only the first 255 characters go out.</summary>
    public static void WriteError(IBufferWriter<byte> output, string reason)
    {
        Span<byte> rest = stackalloc byte[1 + byte.MaxValue];
        var length = Encoding.ASCII.GetBytes(reason.AsSpan(0, Math.Min(reason.Length, byte.MaxValue)), rest[1..]);
        rest[0] = (byte)length;
        Write(output, Error, rest[..(1 + length)]);
    }

    /// <summary>Whether a command is ERROR, well-formed or not, and what to say of it.</summary>
    public static bool TryReadError(ReadOnlySpan<byte> command, out string reason)
    {
        reason = "";
        var name = command.StartsWith(Error) ? Error.Length : command.StartsWith(LibzmqError) ? LibzmqError.Length : 0;
        if (name == 0)
        {
            return false;
        }

        var text = command[name..];
        text = text.IsEmpty ? text : text.Slice(1, Math.Min(text[0], text.Length - 1));
        reason = text is [>= (byte)'3' and <= (byte)'5', (byte)'0', (byte)'0']
            ? $"the peer refused our credentials (code {ZmtpGreeting.Printable(text)})"
            : $"the peer refused: {ZmtpGreeting.Printable(text)}";
        return true;
    }
}
