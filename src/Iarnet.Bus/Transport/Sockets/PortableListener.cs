using System.Net.Sockets;
using Iarnet.Bus.Io;

namespace Iarnet.Bus.Transport.Sockets;

internal sealed class PortableListener : ITransportListener
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(50);

    private readonly Socket _socket;
    private readonly BusEndpoint _endpoint;
    private readonly IListenerOwner _owner;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public PortableListener(Socket socket, BusEndpoint endpoint, IListenerOwner owner)
    {
        _socket = socket;
        _endpoint = endpoint;
        _owner = owner;
        Endpoint = SocketAddresses.Bound(socket, endpoint);
        _accepting = Task.Run(AcceptAsync);
    }

    public string Endpoint { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        StaleFile.RemoveOwn(_endpoint);
        await _accepting.ConfigureAwait(false);
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await _socket.AcceptAsync(_stop.Token).ConfigureAwait(false);
                _owner.Accepted(this, SocketNames.Link(socket, Endpoint, (remote, address) => new PortableLink(socket, IoLoops.Pool.Next(), remote, address)));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                if (_stop.IsCancellationRequested)
                {
                    return;
                }

                _owner.AcceptFailed(this, e);
                await Task.Delay(Rest, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }
}
