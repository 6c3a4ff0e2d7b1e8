using System.Net;
using System.Net.Sockets;
using Iarnet.Store.Memory;
using Iarnet.Store.Transfer;

namespace Iarnet.Store.Tests.Transfer;

/// <summary>A peer that says what a test wants, byte by byte.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly Socket _socket;

    private RawPeer(Socket socket) => _socket = socket;

    public static async Task<RawPeer> ConnectAsync(string endpoint, bool greet = true, string token = "")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPEndPoint.Parse(endpoint["tcp://".Length..])).Within();
        var peer = new RawPeer(socket);
        if (greet)
        {
            await peer.SendAsync(FrameKind.Hello, Hello(token: token));
            Assert.Equal(FrameKind.Welcome, (await peer.ReceiveAsync())!.Value.Header.Kind);
        }

        return peer;
    }

    public static byte[] Hello(uint magic = TransferLimits.Magic, ushort version = TransferLimits.Version, string token = "")
    {
        var bytes = new byte[512];
        var body = new BodyWriter(bytes);
        body.UInt32(magic);
        body.UInt16(version);
        body.Bytes(Token.Bytes(token));
        return bytes[..body.Length];
    }

    public static byte[] Frame(FrameKind kind, byte[] body, uint call = 1, byte flags = 0, int? length = null, uint? checksum = null)
    {
        var bytes = new byte[FrameHeader.Bytes + body.Length];
        new FrameHeader(kind, flags, call, length ?? body.Length, checksum ?? Checksum.Of(body), 0).Write(bytes);
        body.CopyTo(bytes, FrameHeader.Bytes);
        return bytes;
    }

    public Task SendAsync(FrameKind kind, byte[] body, uint call = 1, byte flags = 0) => SendAsync(Frame(kind, body, call, flags));

    public async Task SendAsync(byte[] bytes) => await _socket.SendAsync(bytes).Within();

    /// <summary>The next frame; null when the server has closed.</summary>
    public async Task<(FrameHeader Header, byte[] Body)?> ReceiveAsync()
    {
        var head = new byte[FrameHeader.Bytes];
        if (!await FillAsync(head))
        {
            return null;
        }

        var header = FrameHeader.Read(head);
        var body = new byte[header.Length];
        return await FillAsync(body) ? (header, body) : null;
    }

    public async Task<TransferErrorCode> ReceiveErrorAsync()
    {
        var frame = await ReceiveAsync();
        Assert.NotNull(frame);
        Assert.Equal(FrameKind.Error, frame.Value.Header.Kind);
        return (TransferErrorCode)new BodyReader(frame.Value.Body).UInt16();
    }

    public async Task ClosedAsync()
    {
        // What was sent before is read over: the end is what counts.
        while (await ReceiveAsync() is not null)
        {
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task<bool> FillAsync(Memory<byte> into)
    {
        try
        {
            while (!into.IsEmpty)
            {
                var got = await _socket.ReceiveAsync(into).Within();
                if (got == 0)
                {
                    return false;
                }

                into = into[got..];
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
