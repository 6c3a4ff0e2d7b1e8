using System.Buffers;
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
    private MemoryHandle[]? _pins;
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

    public int TrySend(ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        var held = false;
        try
        {
            // The loop may close the socket meanwhile: without the hold, its number could already be another connection's.
            _handle.DangerousAddRef(ref held);
            return parts.Length == 1 ? SendOne(parts[0].Span) : SendMany(parts);
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

    private int SendOne(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            while (true)
            {
                var sent = LinuxCalls.Send(_descriptor, start, bytes.Length, LinuxCalls.DontWait);
                if (sent >= 0)
                {
                    return (int)sent;
                }

                if (!IsRepeated(Marshal.GetLastPInvokeError()))
                {
                    return ITransportLink.Nothing;
                }
            }
        }
    }

    private int SendMany(ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        var vectors = stackalloc LinuxCalls.Vector[ITransportLink.MostParts];
        var pins = (_pins ??= new MemoryHandle[ITransportLink.MostParts]).AsSpan(0, parts.Length);
        try
        {
            for (var i = 0; i < parts.Length; i++)
            {
                pins[i] = parts[i].Pin();
                vectors[i] = new LinuxCalls.Vector { Base = (byte*)pins[i].Pointer, Length = parts[i].Length };
            }

            var message = new LinuxCalls.MessageHeader { Vectors = vectors, VectorCount = parts.Length };
            while (true)
            {
                var sent = LinuxCalls.SendMessage(_descriptor, &message, LinuxCalls.DontWait);
                if (sent >= 0)
                {
                    return (int)sent;
                }

                if (!IsRepeated(Marshal.GetLastPInvokeError()))
                {
                    return ITransportLink.Nothing;
                }
            }
        }
        finally
        {
            foreach (var pin in pins)
            {
                pin.Dispose();
            }

            pins.Clear();
        }
    }

    /// <summary>True: again at once. False: the kernel takes nothing now.</summary>
    private static bool IsRepeated(int error) => error switch
    {
        LinuxCalls.Interrupted => true,
        LinuxCalls.Again => false,
        _ => throw new LinkBrokenException(LinuxCalls.Describe(error)),
    };
}
