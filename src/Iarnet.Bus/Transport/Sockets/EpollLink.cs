using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Iarnet.Bus.Io;

namespace Iarnet.Bus.Transport.Sockets;

[SupportedOSPlatform("linux")]
internal sealed unsafe class EpollLink : ITransportLink, IEpollSource
{
    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;
    private readonly EpollLoop _loop;
    private readonly int _descriptor;
    private ILinkReader? _reader;
    private EpollEvents _interest;
    private int _slot;
    private bool _isClosed;

    public EpollLink(Socket socket, EpollLoop loop, string remote, string? address)
    {
        _socket = socket;
        _handle = socket.SafeHandle;
        _descriptor = (int)_handle.DangerousGetHandle();
        _loop = loop;
        Remote = remote;
        Address = address;
    }

    public IoLoop Loop => _loop;

    public string Remote { get; }

    public string? Address { get; }

    public void Start(ILinkReader reader)
    {
        if (_isClosed)
        {
            return;
        }

        _reader = reader;
        _interest = EpollEvents.In;
        _slot = _loop.Add(_descriptor, _interest, this);
    }

    public int TryReceive(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var received = LinuxCalls.Receive(_descriptor, start, buffer.Length, LinuxCalls.DontWait);
                if (received >= 0)
                {
                    return (int)received;
                }

                var error = Marshal.GetLastPInvokeError();
                if (error == LinuxCalls.Again)
                {
                    return ITransportLink.Nothing;
                }

                if (error != LinuxCalls.Interrupted)
                {
                    throw new LinkBrokenException(LinuxCalls.Describe(error));
                }
            }
        }
    }

    public int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var held = false;
        try
        {
            // The loop may close the socket meanwhile: without the hold, its number could already be another connection's.
            _handle.DangerousAddRef(ref held);
            return Send(first, second);
        }
        catch (ObjectDisposedException)
        {
            throw new LinkBrokenException("the connection is closed");
        }
        finally
        {
            if (held)
            {
                _handle.DangerousRelease();
            }
        }
    }

    public void WaitWritable() => Watch(_interest | EpollEvents.Out);

    public void Pause() => Watch(_interest & ~EpollEvents.In);

    public void Resume() => Watch(_interest | EpollEvents.In);

    public void Ready(bool readable, bool writable)
    {
        if (writable)
        {
            // Cleared before the sender is told: it may ask again at once.
            Watch(_interest & ~EpollEvents.Out);
            _reader!.Writable();
        }

        if (!readable || _isClosed)
        {
            return;
        }

        if ((_interest & EpollEvents.In) != EpollEvents.None)
        {
            _reader!.Readable();
        }
        else
        {
            // The other end hung up while nothing is read: the kernel would say so again and again until somebody reads.
            Leave();
        }
    }

    public void CloseSending()
    {
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
        if (_isClosed)
        {
            return;
        }

        Leave();
        _isClosed = true;
        _socket.Dispose();
    }

    private void Watch(EpollEvents interest)
    {
        if (_isClosed || _reader is null || interest == _interest)
        {
            return;
        }

        _interest = interest;
        if (_slot == 0)
        {
            _slot = _loop.Add(_descriptor, interest, this);
        }
        else
        {
            _loop.Change(_slot, _descriptor, interest);
        }
    }

    private void Leave()
    {
        if (_slot != 0)
        {
            _loop.Remove(_slot, _descriptor);
            _slot = 0;
        }
    }

    private int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        fixed (byte* head = first)
        {
            fixed (byte* tail = second)
            {
                var vectors = stackalloc LinuxCalls.Vector[2];
                vectors[0] = new LinuxCalls.Vector { Base = head, Length = first.Length };
                vectors[1] = new LinuxCalls.Vector { Base = tail, Length = second.Length };
                var message = new LinuxCalls.MessageHeader { Vectors = vectors, VectorCount = 2 };
                while (true)
                {
                    var sent = second.IsEmpty
                        ? LinuxCalls.Send(_descriptor, head, first.Length, LinuxCalls.DontWait)
                        : LinuxCalls.SendMessage(_descriptor, &message, LinuxCalls.DontWait);
                    if (sent >= 0)
                    {
                        return (int)sent;
                    }

                    var error = Marshal.GetLastPInvokeError();
                    if (error == LinuxCalls.Again)
                    {
                        return ITransportLink.Nothing;
                    }

                    if (error != LinuxCalls.Interrupted)
                    {
                        throw new LinkBrokenException(LinuxCalls.Describe(error));
                    }
                }
            }
        }
    }
}
