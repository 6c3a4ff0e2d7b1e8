namespace Iarnet.Bus.Transport;

/// <summary>Where bytes come from and go to. The seam under everything that speaks ZMTP: an in-memory network fits here.</summary>
internal interface ITransport
{
    ITransportListener Listen(BusEndpoint endpoint, IListenerOwner owner);

    /// <exception cref="LinkBrokenException">Nobody is there.</exception>
    ValueTask<ITransportLink> ConnectAsync(BusEndpoint endpoint, CancellationToken cancellationToken);
}
