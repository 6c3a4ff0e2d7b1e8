using System.Net.Sockets;
using System.Runtime.Versioning;
using Iarnet.Bus.Io;

namespace Iarnet.Bus.Transport.Sockets;

[SupportedOSPlatform("linux")]
internal sealed class EpollListener : LoopWork, IEpollSource, ITransportListener
{
    /// <summary>How long accepting rests when the process is out of descriptors: the connection that could not be taken stays readable.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(50);

    private readonly Socket _socket;
    private readonly BusEndpoint _endpoint;
    private readonly IListenerOwner _owner;
    private readonly IoLoops _loops;
    private readonly EpollLoop _loop;
    private readonly ITimer _rest;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _slot;
    private bool _isResting;
    private volatile bool _isDisposed;

    public EpollListener(Socket socket, BusEndpoint endpoint, IListenerOwner owner, IoLoops loops)
    {
        _socket = socket;
        _endpoint = endpoint;
        _owner = owner;
        _loops = loops;
        _loop = (EpollLoop)loops.Next();
        Endpoint = SocketAddresses.Bound(socket, endpoint);
        _rest = TimeProvider.System.CreateTimer(static state => ((EpollListener)state!).Continue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _loop.Post(this);
    }

    public string Endpoint { get; }

    public override void Run()
    {
        if (_isDisposed)
        {
            if (_slot != 0)
            {
                _loop.Remove(_slot, (int)_socket.Handle);
                _slot = 0;
            }

            _socket.Dispose();
            _closed.TrySetResult();
        }
        else if (_slot == 0)
        {
            _slot = _loop.Add((int)_socket.Handle, EpollEvents.In, this);
        }
        else if (_isResting)
        {
            _isResting = false;
            _loop.Change(_slot, (int)_socket.Handle, EpollEvents.In);
        }
    }

    public void Ready(bool readable, bool writable)
    {
        if (_isDisposed)
        {
            return;
        }

        Socket socket;
        try
        {
            // One a turn: asking for another that is not there would be an exception each time.
            socket = _socket.Accept();
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.ConnectionAborted or SocketError.Interrupted)
        {
            return;
        }
        catch (Exception e)
        {
            _isResting = true;
            _loop.Change(_slot, (int)_socket.Handle, EpollEvents.None);
            _rest.Change(Rest, Timeout.InfiniteTimeSpan);
            _owner.AcceptFailed(this, e);
            return;
        }

        Take(socket);
    }

    public ValueTask DisposeAsync()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _rest.Dispose();
            StaleFile.RemoveOwn(_endpoint);
            // The descriptor is closed by the loop that waits for it.
            _loop.Post(this);
        }

        return new ValueTask(_closed.Task);
    }

    private void Take(Socket socket)
    {
        try
        {
            _owner.Accepted(this, SocketNames.Link(socket, Endpoint, (remote, address) => new EpollLink(socket, (EpollLoop)_loops.Next(), remote, address)));
        }
        catch (SocketException)
        {
            // Gone before it was looked at.
            socket.Dispose();
        }
    }

    private void Continue() => _loop.Post(this);
}
