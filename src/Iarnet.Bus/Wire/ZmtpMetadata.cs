using System.Buffers.Binary;
using System.Text;

namespace Iarnet.Bus.Wire;

/// <summary>The properties that the ends of a connection tell each other in the handshake: names with values.</summary>
internal static class ZmtpMetadata
{
    public const int MaxIdentity = 255;

    /// <summary>Properties of a peer beyond this many are an attack, not metadata.</summary>
    private const int MaxProperties = 64;

    /// <summary>The properties of a socket, as one block.</summary>
    public static byte[] Write(string socketType, ReadOnlySpan<byte> identity, IReadOnlyDictionary<string, string> application)
    {
        using var block = new MemoryStream();
        WriteProperty(block, "Socket-Type", Encoding.ASCII.GetBytes(socketType));
        WriteProperty(block, "Identity", identity);
        foreach (var (name, value) in application)
        {
            WriteProperty(block, "X-" + name, Encoding.UTF8.GetBytes(value));
        }

        return block.ToArray();
    }

    /// <summary>Reads a block. Says what is wrong, or null; the identity is a slice of the block.</summary>
    public static string? Read(ReadOnlySpan<byte> block, out string socketType, out ReadOnlySpan<byte> identity, out Dictionary<string, string>? application)
    {
        socketType = "";
        identity = default;
        application = null;
        for (var count = 0; !block.IsEmpty; count++)
        {
            if (count == MaxProperties)
            {
                return $"the peer tells more than {MaxProperties} properties";
            }

            int name = block[0];
            if (block.Length < 1 + name + 4)
            {
                return "the peer's metadata ends inside a property";
            }

            var length = BinaryPrimitives.ReadUInt32BigEndian(block[(1 + name)..]);
            var value = block[(1 + name + 4)..];
            if (length > (uint)value.Length)
            {
                return "a property of the peer is longer than its metadata";
            }

            value = value[..(int)length];
            Take(block.Slice(1, name), value, ref socketType, ref identity, ref application);
            block = block[(1 + name + 4 + (int)length)..];
        }

        return identity switch
        {
            { Length: > MaxIdentity } => $"the peer's identity has {identity.Length} bytes, {MaxIdentity} are the most",
            { Length: > 0 } when identity[0] == 0 => "the peer's identity begins with a zero byte, which is kept for identities that a ROUTER makes up",
            _ => null,
        };
    }

    private static void Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref string socketType, ref ReadOnlySpan<byte> identity, ref Dictionary<string, string>? application)
    {
        if (Ascii.EqualsIgnoreCase(name, "Socket-Type"u8))
        {
            socketType = ZmtpGreeting.Printable(value);
        }
        else if (Ascii.EqualsIgnoreCase(name, "Identity"u8))
        {
            identity = value;
        }
        else if (name.Length > 2 && Ascii.EqualsIgnoreCase(name[..2], "X-"u8))
        {
            application ??= new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            application[ZmtpGreeting.Printable(name[2..])] = Encoding.UTF8.GetString(value);
        }
    }

    private static void WriteProperty(MemoryStream target, string name, ReadOnlySpan<byte> value)
    {
        target.WriteByte((byte)name.Length);
        target.Write(Encoding.ASCII.GetBytes(name));
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        target.Write(length);
        target.Write(value);
    }
}
