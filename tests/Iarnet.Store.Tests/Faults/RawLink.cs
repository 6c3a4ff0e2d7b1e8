using System.Net.Sockets;
using Iarnet.Objects;
using Iarnet.Store.Link;

namespace Iarnet.Store.Tests.Faults;

/// <summary>An end of the link that sends what it likes.</summary>
internal sealed class RawLink : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly FrameSocket _frames;

    private RawLink() => _frames = new FrameSocket(_socket);

    public static async Task<RawLink> ConnectAsync(ServedStore served)
    {
        var link = new RawLink();
        await link._socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(served.Segments.Path, "link"))).Within();
        link._socket.SendTimeout = 5000;
        return link;
    }

    /// <summary>One that began as it should, and the name of its session.</summary>
    public static async Task<(RawLink Link, string Session)> GreetedAsync(ServedStore served, string owner)
    {
        var link = await ConnectAsync(served);
        var welcome = await link.AskAsync(Hello(owner));
        Assert.Equal(FrameKind.Welcome, welcome.Kind);
        var body = new FrameReader(welcome.Frame);
        body.U16();
        body.U64();
        body.U64();
        body.Text();
        return (link, body.Text());
    }

    public static FrameWriter Hello(string owner, uint magic = Iarnet.Store.Link.Frame.Magic, ushort version = Iarnet.Store.Link.Frame.Version)
    {
        var frame = new FrameWriter(FrameKind.Hello, 1);
        frame.U32(magic);
        frame.U16(version);
        frame.U16(Iarnet.Store.Link.Frame.WantsSession);
        frame.U32((uint)Environment.ProcessId);
        frame.Text(owner);
        return frame;
    }

    public static FrameWriter Create(uint call, ObjectId id, ulong size, string codec = "raw")
    {
        var frame = new FrameWriter(FrameKind.Create, call);
        frame.Id(id);
        frame.U64(size);
        frame.U32(0);
        frame.Text(codec);
        frame.Pairs(null);
        return frame;
    }

    public static FrameWriter Lease(uint call, ObjectId id)
    {
        var frame = new FrameWriter(FrameKind.Lease, call);
        frame.Id(id);
        frame.U32(0);
        frame.Text("");
        return frame;
    }

    public static FrameWriter OfId(FrameKind kind, uint call, ObjectId id)
    {
        var frame = new FrameWriter(kind, call);
        frame.Id(id);
        return frame;
    }

    public void Send(FrameWriter frame)
    {
        using (frame)
        {
            _frames.Send(frame);
        }
    }

    /// <summary>Sends bytes as they are; false when the other end is gone already.</summary>
    public bool TrySend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[_socket.Send(bytes)..];
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The next frame; null when the link is closed.</summary>
    public async Task<RawFrame?> ReceiveAsync()
    {
        try
        {
            var frame = await _frames.ReceiveAsync().Within("a frame of the store");
            return frame.IsEmpty ? null : new RawFrame((FrameKind)frame.Span[0], frame.ToArray());
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>Sends a call and gives the code of the error that it is answered with; 0 when it is answered with something else.</summary>
    public async Task<int> ErrorOfAsync(FrameWriter call) => CodeOf(await AskAsync(call));

    /// <summary>Sends a call and gives its answer.</summary>
    public async Task<RawFrame> AskAsync(FrameWriter call)
    {
        Send(call);
        return await ReceiveAsync() ?? throw new InvalidOperationException("The store closed the link.");
    }

    /// <summary>Reads until the store closes the link; the code of the error that it said before, 0 when it said none.</summary>
    public async Task<int> ClosedAsync()
    {
        var code = 0;
        while (await ReceiveAsync() is { } frame)
        {
            code = CodeOf(frame);
        }

        return code;
    }

    public void Dispose() => _frames.Dispose();

    private static int CodeOf(RawFrame frame) => frame.Kind == FrameKind.Error ? new FrameReader(frame.Frame).U16() : 0;

    /// <summary>A frame of the store.</summary>
    public sealed record RawFrame(FrameKind Kind, byte[] Frame);
}
