using System.Net;
using System.Net.Sockets;

namespace Iarnet.Bus.Transport;

/// <summary>TCP and Unix sockets of the operating system.</summary>
internal sealed class SocketTransport : ITransport
{
    private const int Backlog = 512;

    public static SocketTransport Instance { get; } = new();

    public ITransportListener Listen(BusEndpoint endpoint)
    {
        var address = Resolve(endpoint);
        if (!endpoint.IsTcp && !endpoint.IsAbstract)
        {
            RemoveStale(endpoint);
        }

        var socket = Create(address);
        try
        {
            socket.Bind(address);
            socket.Listen(Backlog);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return new SocketListener(socket, endpoint);
    }

    public async ValueTask<ITransportLink> ConnectAsync(BusEndpoint endpoint, CancellationToken cancellationToken)
    {
        var address = Resolve(endpoint);
        var socket = address is DnsEndPoint ? new Socket(SocketType.Stream, ProtocolType.Tcp) : Create(address);
        try
        {
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return new SocketLink(socket, endpoint.ToString());
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket Create(EndPoint address) =>
        address.AddressFamily == AddressFamily.Unix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);

    private static EndPoint Resolve(BusEndpoint endpoint)
    {
        if (endpoint.IsTcp)
        {
            return endpoint.Host switch
            {
                "*" => new IPEndPoint(IPAddress.Any, endpoint.Port),
                "localhost" => new IPEndPoint(IPAddress.Loopback, endpoint.Port),
                var host when IPAddress.TryParse(host, out var address) => new IPEndPoint(address, endpoint.Port),
                _ => new DnsEndPoint(endpoint.Host, endpoint.Port),
            };
        }

        try
        {
            return new UnixDomainSocketEndPoint(endpoint.Path);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new ArgumentException($"The path of {endpoint} is too long for a Unix socket (about 100 bytes on most systems): choose a shorter folder.", e);
        }
    }

    /// <summary>A file that nobody listens on is what a killed process left: binding would fail on it for ever.</summary>
    private static void RemoveStale(BusEndpoint endpoint)
    {
        if (!File.Exists(endpoint.Path))
        {
            return;
        }

        using var probe = Create(Resolve(endpoint));
        try
        {
            probe.Connect(Resolve(endpoint));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(endpoint.Path);
            return;
        }
        catch (SocketException)
        {
            // Not a socket, or not ours to touch: binding says it better.
            return;
        }

        throw new SocketException((int)SocketError.AddressAlreadyInUse, $"Another process listens on {endpoint}: choose another path, or end that process.");
    }
}
