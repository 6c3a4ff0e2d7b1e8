using Iarnet.Bus.Tests.Peers;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>What a well-behaved peer says, from its greeting on, where it does not depend on what it hears.</summary>
internal static class ValidStreams
{
    /// <summary>Every kind of thing that may follow a handshake, each whole.</summary>
    public static readonly byte[][] Traffic =
    [
        RawPeer.Frame(0, []),
        RawPeer.Frame(0, new byte[64]),
        RawPeer.Frame(0, new byte[255]),
        RawPeer.Frame(0, new byte[256]),
        RawPeer.Frame(0, new byte[5_000]),
        [.. RawPeer.Frame(ZmtpFrames.More, []), .. RawPeer.Frame(0, new byte[40])],
        [.. RawPeer.Frame(ZmtpFrames.More, new byte[3]), .. RawPeer.Frame(ZmtpFrames.More, new byte[300]), .. RawPeer.Frame(0, new byte[9])],
        [.. Enumerable.Repeat(RawPeer.Frame(ZmtpFrames.More, [1]), 40).SelectMany(static frame => frame), .. RawPeer.Frame(0, [])],
        // A command between the frames of a message is allowed.
        [.. RawPeer.Frame(ZmtpFrames.More, new byte[20]), .. Ping(0), .. RawPeer.Frame(0, new byte[20])],
        Ping(0),
        Ping(10),
        RawPeer.Frame(ZmtpFrames.Command, [.. "\u0004PONG"u8, .. new byte[8]]),
        RawPeer.Frame(ZmtpFrames.Command, "\u0004NEWS"u8.ToArray()),
    ];

    /// <summary>Above the size from which on a message is received into memory of its own; rare, because it costs more than all the others.</summary>
    public static readonly byte[] Large = RawPeer.Frame(0, new byte[40_000]);

    /// <summary>With NULL; the same for either kind of socket but for the name.</summary>
    public static byte[] Null(string peer) => RawPeer.Opening(peer, "mutant"u8.ToArray());

    public static byte[] PlainClient() =>
    [
        .. Greeting("PLAIN", server: false),
        .. RawPeer.Frame(ZmtpFrames.Command, "\u0005HELLO\u0004user\u0008password"u8.ToArray()),
        .. RawPeer.Frame(ZmtpFrames.Command, [.. "\u0008INITIATE"u8, .. Metadata("DEALER")]),
    ];

    public static byte[] PlainServer() =>
    [
        .. Greeting("PLAIN", server: true),
        .. RawPeer.Frame(ZmtpFrames.Command, "\u0007WELCOME"u8.ToArray()),
        .. RawPeer.Frame(ZmtpFrames.Command, [.. "\u0005READY"u8, .. Metadata("ROUTER")]),
    ];

    public static byte[] Greeting(string mechanism, bool server)
    {
        var bytes = new byte[ZmtpGreeting.Size];
        ZmtpGreeting.Write(bytes);
        bytes.AsSpan(12, 20).Clear();
        System.Text.Encoding.ASCII.GetBytes(mechanism, bytes.AsSpan(12));
        bytes[32] = server ? (byte)1 : (byte)0;
        return bytes;
    }

    public static byte[] Metadata(string socketType, string identity = "mutant") =>
        ZmtpMetadata.Write(socketType, System.Text.Encoding.ASCII.GetBytes(identity), new Dictionary<string, string> { ["X-Place"] = "here" });

    private static byte[] Ping(byte timeToLive) => RawPeer.Frame(ZmtpFrames.Command, [.. "\u0004PING"u8, 0, timeToLive, .. new byte[8]]);
}
