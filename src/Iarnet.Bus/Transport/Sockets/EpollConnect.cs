using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Iarnet.Bus.Io;

namespace Iarnet.Bus.Transport.Sockets;

/// <summary>
/// One attempt to connect. The framework's own would leave the socket registered with the framework's epoll thread, which would
/// then wake up for everything that arrives.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class EpollConnect : LoopWork, IEpollSource
{
    private readonly Socket _socket;
    private readonly EpollLoop _loop;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _slot;
    private bool _isWaiting;
    private CancellationToken _cancelled;
    private volatile bool _isCancelled;

    private EpollConnect(Socket socket, EpollLoop loop)
    {
        _socket = socket;
        _loop = loop;
    }

    public static async ValueTask RunAsync(Socket socket, EndPoint address, EpollLoop loop, CancellationToken cancellationToken)
    {
        var error = Begin(socket, address);
        if (error == 0)
        {
            return;
        }

        if (error != LinuxCalls.InProgress)
        {
            throw new LinkBrokenException(error == LinuxCalls.Again ? "the queue of the listener is full" : LinuxCalls.Describe(error));
        }

        var attempt = new EpollConnect(socket, loop);
        loop.Post(attempt);
        var cancellation = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var attempt = (EpollConnect)state!;
                attempt._cancelled = token;
                attempt._isCancelled = true;
                attempt._loop.Post(attempt);
            },
            attempt);
        await using (cancellation.ConfigureAwait(false))
        {
            await attempt._done.Task.ConfigureAwait(false);
        }
    }

    /// <summary>First: waits for the connection. Again: the caller gave up; it closes the socket only when the loop has let go of it.</summary>
    public override void Run()
    {
        if (_isCancelled)
        {
            Forget();
            _done.TrySetCanceled(_cancelled);
        }
        else if (!_isWaiting)
        {
            _isWaiting = true;
            _slot = _loop.Add((int)_socket.Handle, EpollEvents.Out, this);
        }
    }

    public void Ready(bool readable, bool writable)
    {
        Forget();
        var error = (int)_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error == 0)
        {
            _done.TrySetResult();
        }
        else
        {
            _done.TrySetException(new LinkBrokenException(new SocketException(error).Message));
        }
    }

    private static unsafe int Begin(Socket socket, EndPoint address)
    {
        var raw = address.Serialize();
        fixed (byte* start = raw.Buffer.Span)
        {
            return LinuxCalls.Connect((int)socket.Handle, start, (uint)raw.Size) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    private void Forget()
    {
        if (_slot != 0)
        {
            _loop.Remove(_slot, (int)_socket.Handle);
            _slot = 0;
        }
    }
}
