using System.Net.Sockets;
using Iarnet.Bus.Io;

namespace Iarnet.Bus.Transport.Sockets;

/// <summary>
/// A link over the framework's asynchronous sockets: an empty receive waits for bytes. Waiting for room has no such form, so what
/// the kernel does not take at once is copied, a piece at a time, and sent in the background.
/// </summary>
internal sealed class PortableLink : LoopWork, ITransportLink
{
    private const int PieceBytes = 64 * 1024;

    private readonly Socket _socket;
    private readonly byte[] _piece = new byte[PieceBytes];
    private ILinkReader? _reader;
    private volatile bool _isReadable;
    private volatile bool _isSending;
    private volatile bool _isClosed;
    private volatile string? _broken;
    private bool _isWaiting;
    private bool _isPaused;
    private bool _wantsWritable;
    private bool _wantsShutdown;

    public PortableLink(Socket socket, IoLoop loop, string remote, string? address)
    {
        _socket = socket;
        socket.Blocking = false;
        Loop = loop;
        Remote = remote;
        Address = address;
    }

    public IoLoop Loop { get; }

    public string Remote { get; }

    public string? Address { get; }

    public void Start(ILinkReader reader)
    {
        _reader = reader;
        Wait();
    }

    public int TryReceive(Span<byte> buffer)
    {
        var received = _socket.Receive(buffer, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => received,
            SocketError.WouldBlock or SocketError.IOPending => ITransportLink.Nothing,
            _ => throw new LinkBrokenException(new SocketException((int)error).Message),
        };
    }

    public int TrySend(ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        if (_broken is { } broken)
        {
            throw new LinkBrokenException(broken);
        }

        if (_isSending)
        {
            return ITransportLink.Nothing;
        }

        try
        {
            var sent = _socket.Send(parts[0].Span, SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                return sent;
            }

            return error is SocketError.WouldBlock or SocketError.IOPending
                ? SendPiece(parts)
                : throw new LinkBrokenException(new SocketException((int)error).Message);
        }
        catch (ObjectDisposedException)
        {
            throw new LinkBrokenException("the connection is closed");
        }
    }

    public void WaitWritable()
    {
        _wantsWritable = true;
        Loop.Post(this);
    }

    public void Pause() => _isPaused = true;

    public void Resume()
    {
        _isPaused = false;
        _isReadable = true;
        Loop.Post(this);
    }

    public void CloseSending()
    {
        if (_isSending)
        {
            _wantsShutdown = true;
            return;
        }

        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other end was faster.
        }
    }

    public void Close()
    {
        _isClosed = true;
        _socket.Dispose();
    }

    public override void Run()
    {
        if (_isClosed)
        {
            return;
        }

        if (!_isSending && _wantsShutdown)
        {
            CloseSending();
        }

        if (!_isSending && _wantsWritable)
        {
            _wantsWritable = false;
            _reader!.Writable();
        }

        if (_isReadable && !_isPaused)
        {
            _isReadable = false;
            _reader!.Readable();
            Wait();
        }
    }

    private void Wait()
    {
        if (!_isWaiting && !_isPaused && !_isClosed)
        {
            _isWaiting = true;
            _ = WaitAsync();
        }
    }

    private async Task WaitAsync()
    {
        try
        {
            await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Reading says the same, where somebody listens.
        }

        _isReadable = true;
        _isWaiting = false;
        Loop.Post(this);
    }

    private int SendPiece(ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        var size = 0;
        foreach (var part in parts)
        {
            var taken = Math.Min(part.Length, PieceBytes - size);
            part.Span[..taken].CopyTo(_piece.AsSpan(size));
            size += taken;
        }

        _isSending = true;
        _ = SendPieceAsync(size);
        return size;
    }

    private async Task SendPieceAsync(int size)
    {
        try
        {
            for (var sent = 0; sent < size;)
            {
                sent += await _socket.SendAsync(_piece.AsMemory(sent, size - sent), SocketFlags.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _broken = e.Message;
        }

        _isSending = false;
        Loop.Post(this);
    }
}
