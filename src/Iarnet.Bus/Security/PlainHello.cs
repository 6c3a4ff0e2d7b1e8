using System.Text;
using Iarnet.Bus.Connections;

namespace Iarnet.Bus.Security;

/// <summary>What PLAIN's HELLO carries after its name: user name and password, each with its length in one byte before it.</summary>
internal static class PlainHello
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static byte[] Write(string user, string password)
    {
        var userBytes = Encode(user, nameof(user));
        var passwordBytes = Encode(password, nameof(password));
        return [(byte)userBytes.Length, .. userBytes, (byte)passwordBytes.Length, .. passwordBytes];
    }

    public static (string User, string Password) Read(ReadOnlySpan<byte> rest)
    {
        var user = ReadText(ref rest, "user name");
        var password = ReadText(ref rest, "password");
        return rest.IsEmpty ? (user, password) : throw new ProtocolException($"the peer's HELLO goes on for {rest.Length} bytes after the password");
    }

    private static byte[] Encode(string text, string parameter)
    {
        var bytes = Strict.GetBytes(text);
        return bytes.Length <= byte.MaxValue
            ? bytes
            : throw new ArgumentException($"PLAIN carries at most {byte.MaxValue} bytes of UTF-8 here, there are {bytes.Length}.", parameter);
    }

    private static string ReadText(ref ReadOnlySpan<byte> rest, string what)
    {
        if (rest.IsEmpty || rest.Length - 1 < rest[0])
        {
            throw new ProtocolException($"the peer's HELLO ends inside the {what}");
        }

        var text = rest.Slice(1, rest[0]);
        rest = rest[(1 + text.Length)..];
        try
        {
            return Strict.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            throw new ProtocolException($"the {what} in the peer's HELLO is not UTF-8");
        }
    }
}
