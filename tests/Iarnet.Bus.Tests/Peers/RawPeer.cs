using System.Net;
using System.Net.Sockets;
using Iarnet.Bus.Transport;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Tests.Peers;

/// <summary>A socket that says exactly what a test wants it to say, right or wrong.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly Socket _socket;

    private RawPeer(Socket socket) => _socket = socket;

    public static async Task<RawPeer> ConnectAsync(string endpoint)
    {
        var parsed = BusEndpoint.Parse(endpoint);
        var socket = parsed.IsTcp
            ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(parsed.IsTcp ? new IPEndPoint(IPAddress.Loopback, parsed.Port) : new UnixDomainSocketEndPoint(parsed.Path)).Within("connecting " + endpoint);
        return new RawPeer(socket);
    }

    /// <summary>Connects and shakes hands.</summary>
    public static async Task<RawPeer> JoinAsync(string endpoint, string socketType, string identity)
    {
        var peer = await ConnectAsync(endpoint);
        await peer.SendAsync(Opening(socketType, System.Text.Encoding.ASCII.GetBytes(identity)));
        return peer;
    }

    public static byte[] Opening(string socketType, byte[] identity)
    {
        byte[] ready = Frame(ZmtpFrames.Command, [.. "\u0005READY"u8, .. ZmtpMetadata.Write(socketType, identity, new Dictionary<string, string>())]);
        var opening = new byte[ZmtpGreeting.Size + ready.Length];
        ZmtpGreeting.Write(opening);
        ready.CopyTo(opening, ZmtpGreeting.Size);
        return opening;
    }

    public static byte[] Frame(byte flags, byte[] body)
    {
        var frame = new byte[ZmtpFrames.HeaderSize(body.Length) + body.Length];
        var at = ZmtpFrames.WriteHeader(frame, flags, body.Length);
        body.CopyTo(frame, at);
        return frame;
    }

    public async Task SendAsync(byte[] bytes)
    {
        try
        {
            await _socket.SendAsync(bytes).Within("sending raw bytes");
        }
        catch (SocketException)
        {
            // Cut off already: the test looks at what the other end says of it.
        }
    }

    /// <summary>Reads until the other end closes; what came.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            int read;
            try
            {
                read = await _socket.ReceiveAsync(buffer).Within("the other end to close a raw connection");
            }
            catch (SocketException)
            {
                read = 0;
            }

            if (read == 0)
            {
                return all.ToArray();
            }

            all.Write(buffer, 0, read);
        }
    }

    public async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var read = await _socket.ReceiveAsync(bytes.AsMemory(at)).Within($"{count} raw bytes, {at} have come");
            at += read > 0 ? read : throw new EndOfStreamException($"The other end closed after {at} of {count} bytes.");
        }

        return bytes;
    }

    /// <summary>The next frame that is no command.</summary>
    public async Task<(byte Flags, byte[] Body)> ReadFrameAsync()
    {
        while (true)
        {
            var flags = (await ReadAsync(1))[0];
            var length = (flags & ZmtpFrames.Long) == 0
                ? (await ReadAsync(1))[0]
                : (long)System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(await ReadAsync(8));
            var body = await ReadAsync((int)length);
            if ((flags & ZmtpFrames.Command) == 0)
            {
                return (flags, body);
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
