using Iarnet.Bus.Transport;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>Where a socket listens, and a test makes the connections.</summary>
internal sealed class FedTransport(PumpedLoop loop) : ITransport
{
    private Listener? _listener;

    public ITransportListener Listen(BusEndpoint endpoint, IListenerOwner owner) => _listener = new Listener(endpoint.ToString(), owner);

    public ValueTask<ITransportLink> ConnectAsync(BusEndpoint endpoint, CancellationToken cancellationToken) =>
        ValueTask.FromException<ITransportLink>(new LinkBrokenException("nobody is there"));

    public FedLink Connect(bool keepSent = false)
    {
        var link = new FedLink(loop) { Sent = keepSent ? new System.Buffers.ArrayBufferWriter<byte>() : null };
        _listener!.Owner.Accepted(_listener, link);
        loop.Pump();
        return link;
    }

    private sealed class Listener(string endpoint, IListenerOwner owner) : ITransportListener
    {
        public string Endpoint => endpoint;

        public IListenerOwner Owner => owner;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
