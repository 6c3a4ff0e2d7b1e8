using System.Net;
using System.Net.Sockets;
using Iarnet.Store.Memory;

namespace Iarnet.Store.Transfer;

/// <summary>
/// Frames over one socket. One sends and one receives at a time. Its only buffers are a header each way and the body of one small frame;
/// the bytes of objects go between the socket and the memory of the caller.
/// </summary>
internal sealed class TransferConnection : IDisposable
{
    private const int SmallBody = 512;

    /// <summary>Half a chunk: the kernel still receives into the other half of its buffer while this one is woken.</summary>
    private const int LowWater = TransferLimits.ChunkBytes / 2;

    private readonly Socket _socket;
    private readonly StallWatch _watch;
    private readonly byte[] _headerIn = new byte[FrameHeader.Bytes];
    private readonly byte[] _headerOut = new byte[FrameHeader.Bytes];
    private byte[] _bodyIn = new byte[SmallBody];
    private byte[] _bodyOut = new byte[SmallBody];
    private readonly bool _hasLowWater;
    private int _headerHere;
    private int _lowWater = 1;
    private long _deadline;
    private TimeSpan _wait;
    private int _stalled;
    private int _disposed;

    public TransferConnection(Socket socket, string peer, StallWatch watch)
    {
        _socket = socket;
        _watch = watch;
        Peer = peer;
        IsLocal = socket.AddressFamily == AddressFamily.Unix
            || (socket.RemoteEndPoint is IPEndPoint remote && (IPAddress.IsLoopback(remote.Address) || (socket.LocalEndPoint as IPEndPoint)?.Address.Equals(remote.Address) == true));
        _hasLowWater = VectorCalls.IsSupported && socket.AddressFamily != AddressFamily.Unix;
        watch.Add(this);
    }

    /// <summary>The other end, for texts.</summary>
    public string Peer { get; }

    /// <summary>The other end is on this machine.</summary>
    public bool IsLocal { get; }

    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Nothing came that nobody asked for, and it was not closed.</summary>
    public bool IsQuiet
    {
        get
        {
            try
            {
                return !IsDisposed && _headerHere == 0 && !_socket.Poll(0, SelectMode.SelectRead);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <summary>When it was last of use, for closing what idles.</summary>
    public long LastUsed { get; set; }

    /// <summary>What follows must be done within <paramref name="wait"/>, or the connection ends.</summary>
    public void Arm(TimeSpan wait)
    {
        _wait = wait;
        Volatile.Write(ref _deadline, _watch.Time.GetTimestamp() + (long)(wait.TotalSeconds * _watch.Time.TimestampFrequency));
    }

    public void Disarm() => Volatile.Write(ref _deadline, 0);

    public void EndIfDue(long now)
    {
        var deadline = Volatile.Read(ref _deadline);
        if (deadline != 0 && now >= deadline)
        {
            Volatile.Write(ref _stalled, 1);
            Dispose();
        }
    }

    /// <summary>The next header; null when the peer closed between two frames. <paramref name="rest"/> is the time that it has once it has begun.</summary>
    public async ValueTask<FrameHeader?> ReceiveHeaderAsync(TimeSpan? rest = null)
    {
        var got = _headerHere;
        _headerHere = 0;
        if (got == 0)
        {
            got = await ReceiveSomeAsync(_headerIn, 1).ConfigureAwait(false);
            if (got == 0)
            {
                return null;
            }
        }

        if (rest is { } wait)
        {
            Arm(wait);
        }

        if (got < FrameHeader.Bytes)
        {
            await FillAsync(_headerIn.AsMemory(got)).ConfigureAwait(false);
        }

        return FrameHeader.Read(_headerIn);
    }

    /// <summary>The body of a frame that is not DATA, valid until the next one.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveBodyAsync(FrameHeader header, int most)
    {
        if (header.Length < 0 || header.Length > most)
        {
            throw new TransferProtocolException($"A frame of kind {header.Kind} from {Peer} announces {(uint)header.Length} bytes: at most {most} are taken.");
        }

        if (_bodyIn.Length < header.Length)
        {
            _bodyIn = new byte[header.Length];
        }

        var body = _bodyIn.AsMemory(0, header.Length);
        await ReceiveAsync(body).ConfigureAwait(false);
        return Checksum.Of(body.Span) == header.Checksum
            ? body
            : throw new TransferProtocolException($"A frame of kind {header.Kind} from {Peer} arrived damaged.");
    }

    /// <summary>Fills the memory with what follows a header.</summary>
    public async ValueTask ReceiveAsync(Memory<byte> into)
    {
        while (!into.IsEmpty && VectorCalls.IsSupported)
        {
            // What is there already is taken with the header behind it: most chunks take one call.
            var got = Take(into);
            if (got < 0)
            {
                got = await ReceiveSomeAsync(into, Math.Min(into.Length, LowWater)).ConfigureAwait(false);
            }

            if (got == 0)
            {
                throw Ended();
            }

            _headerHere = Math.Max(got - into.Length, 0);
            into = into[Math.Min(got, into.Length)..];
        }

        await FillAsync(into).ConfigureAwait(false);
    }

    /// <summary>Where the body of the next small frame is written.</summary>
    public Span<byte> BodyOut(int room)
    {
        if (_bodyOut.Length < room)
        {
            _bodyOut = new byte[room];
        }

        return _bodyOut;
    }

    /// <summary>Sends a frame whose body stands in <see cref="BodyOut"/>.</summary>
    public ValueTask SendAsync(FrameKind kind, uint call, int length, byte flags = 0)
    {
        var body = _bodyOut.AsMemory(0, length);
        return SendAsync(new FrameHeader(kind, flags, call, length, Checksum.Of(body.Span), 0), body);
    }

    public async ValueTask SendAsync(FrameHeader header, ReadOnlyMemory<byte> body)
    {
        header.Write(_headerOut);
        try
        {
            var sent = VectorCalls.IsSupported ? VectorCalls.Send(_socket, _headerOut, body) : 0;
            for (var left = _headerOut.AsMemory(Math.Min(sent, FrameHeader.Bytes)); !left.IsEmpty;)
            {
                left = left[await _socket.SendAsync(left, SocketFlags.None).ConfigureAwait(false)..];
            }

            for (var left = body[Math.Max(sent - FrameHeader.Bytes, 0)..]; !left.IsEmpty;)
            {
                left = left[await _socket.SendAsync(left, SocketFlags.None).ConfigureAwait(false)..];
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw Broken(e);
        }
    }

    /// <summary>
    /// Waits until the peer has read the last word and closed, or the deadline: closing with bytes unread would take back what was sent.
    /// </summary>
    public async ValueTask LingerAsync()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return;
        }

        // At most so much is thrown away for a peer that goes on sending.
        for (var i = 0; i < 64 && await ReceiveSomeAsync(_bodyIn, 1).ConfigureAwait(false) > 0; i++)
        {
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _watch.Remove(this);
            _socket.Dispose();
        }
    }

    private async ValueTask FillAsync(Memory<byte> into)
    {
        while (!into.IsEmpty)
        {
            var got = await ReceiveSomeAsync(into, Math.Min(into.Length, LowWater)).ConfigureAwait(false);
            into = got > 0 ? into[got..] : throw Ended();
        }
    }

    private int Take(Memory<byte> into)
    {
        try
        {
            return VectorCalls.Receive(_socket, into, _headerIn);
        }
        catch (ObjectDisposedException e)
        {
            throw Broken(e);
        }
    }

    private async ValueTask<int> ReceiveSomeAsync(Memory<byte> into, int lowWater)
    {
        try
        {
            if (_lowWater != lowWater && _hasLowWater)
            {
                VectorCalls.SetLowWater(_socket, lowWater);
                _lowWater = lowWater;
            }

            return await _socket.ReceiveAsync(into, SocketFlags.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw Broken(e);
        }
    }

    private TransferBrokenException Ended() => new($"{Peer} closed the connection in the middle of a frame.");

    private TransferBrokenException Broken(Exception e) => Volatile.Read(ref _stalled) != 0
        ? new TransferBrokenException($"{Peer} stood still for {_wait.TotalSeconds:0.###} s.", e)
        : new TransferBrokenException($"The connection to {Peer} broke: {e.Message}", e);
}
