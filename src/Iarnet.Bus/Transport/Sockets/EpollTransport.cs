using System.Net;
using System.Runtime.Versioning;
using Iarnet.Bus.Io;

namespace Iarnet.Bus.Transport.Sockets;

/// <summary>TCP and Unix sockets on loops that wait for the kernel themselves.</summary>
[SupportedOSPlatform("linux")]
internal sealed class EpollTransport(IoLoops loops) : ITransport
{
    public static EpollTransport Instance { get; } = new(IoLoops.Epoll);

    public ITransportListener Listen(BusEndpoint endpoint, IListenerOwner owner) =>
        new EpollListener(SocketAddresses.Listen(endpoint), endpoint, owner, loops);

    public async ValueTask<ITransportLink> ConnectAsync(BusEndpoint endpoint, CancellationToken cancellationToken)
    {
        var addresses = await SocketAddresses.ResolveAsync(endpoint, cancellationToken).ConfigureAwait(false);
        LinkBrokenException? last = null;
        foreach (var address in addresses)
        {
            try
            {
                return await ConnectAsync(address, endpoint, cancellationToken).ConfigureAwait(false);
            }
            catch (LinkBrokenException e)
            {
                last = e;
            }
        }

        throw last ?? new LinkBrokenException($"the name {endpoint.Host} has no address");
    }

    private async ValueTask<ITransportLink> ConnectAsync(EndPoint address, BusEndpoint endpoint, CancellationToken cancellationToken)
    {
        var loop = (EpollLoop)loops.Next();
        var socket = SocketAddresses.Create(address);
        try
        {
            socket.Blocking = false;
            await EpollConnect.RunAsync(socket, address, loop, cancellationToken).ConfigureAwait(false);
            return new EpollLink(socket, loop, endpoint.ToString(), (address as IPEndPoint)?.Address.ToString());
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
