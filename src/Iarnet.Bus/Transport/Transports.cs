using Iarnet.Bus.Transport.Memory;
using Iarnet.Bus.Transport.Sockets;

namespace Iarnet.Bus.Transport;

/// <summary>Chooses by the scheme of an endpoint: memory for <c>inproc</c>, the sockets of the operating system for the rest.</summary>
internal sealed class Transports(ITransport sockets) : ITransport
{
    /// <summary>What this platform does best.</summary>
    public static Transports Default { get; } = new(OperatingSystem.IsLinux() ? EpollTransport.Instance : PortableTransport.Instance);

    public ITransportListener Listen(BusEndpoint endpoint, IListenerOwner owner) => Choose(endpoint).Listen(endpoint, owner);

    public ValueTask<ITransportLink> ConnectAsync(BusEndpoint endpoint, CancellationToken cancellationToken) =>
        Choose(endpoint).ConnectAsync(endpoint, cancellationToken);

    private ITransport Choose(BusEndpoint endpoint) => endpoint.IsInProcess ? InProcessTransport.Instance : sockets;
}
