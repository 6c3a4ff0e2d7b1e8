using System.Net.Sockets;
using Iarnet.Bus.Io;

namespace Iarnet.Bus.Transport.Sockets;

/// <summary>TCP and Unix sockets by the framework's own means, for every platform.</summary>
internal sealed class PortableTransport : ITransport
{
    public static PortableTransport Instance { get; } = new();

    public ITransportListener Listen(BusEndpoint endpoint, IListenerOwner owner) =>
        new PortableListener(SocketAddresses.Listen(endpoint), endpoint, owner);

    public async ValueTask<ITransportLink> ConnectAsync(BusEndpoint endpoint, CancellationToken cancellationToken)
    {
        var addresses = await SocketAddresses.ResolveAsync(endpoint, cancellationToken).ConfigureAwait(false);
        SocketException? last = null;
        foreach (var address in addresses)
        {
            var socket = SocketAddresses.Create(address);
            try
            {
                await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
                return new PortableLink(socket, IoLoops.Pool.Next(), endpoint.ToString(), (address as System.Net.IPEndPoint)?.Address.ToString());
            }
            catch (SocketException e)
            {
                socket.Dispose();
                last = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw new LinkBrokenException(last?.Message ?? $"the name {endpoint.Host} has no address");
    }
}
