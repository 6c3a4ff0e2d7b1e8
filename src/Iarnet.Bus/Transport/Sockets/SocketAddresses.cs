using System.Net;
using System.Net.Sockets;

namespace Iarnet.Bus.Transport.Sockets;

/// <summary>From endpoints to the addresses and sockets of the operating system, and back.</summary>
internal static class SocketAddresses
{
    private const int Backlog = 1024;

    public static Socket Create(EndPoint address) =>
        address.AddressFamily == AddressFamily.Unix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public static Socket Listen(BusEndpoint endpoint)
    {
        var address = Local(endpoint);
        if (!endpoint.IsTcp && !endpoint.IsAbstract)
        {
            StaleFile.Remove(endpoint, address);
        }

        var socket = Create(address);
        try
        {
            socket.Bind(address);
            socket.Listen(Backlog);
            socket.Blocking = false;
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Where to connect to; several for a name.</summary>
    public static async ValueTask<EndPoint[]> ResolveAsync(BusEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (!endpoint.IsTcp || endpoint.Host is "*" or "localhost" || IPAddress.TryParse(endpoint.Host, out _))
        {
            return [Local(endpoint)];
        }

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(endpoint.Host, cancellationToken).ConfigureAwait(false);
            return [.. addresses.Select(address => new IPEndPoint(address, endpoint.Port))];
        }
        catch (SocketException e)
        {
            throw new LinkBrokenException($"the name {endpoint.Host} is not known: {e.Message}");
        }
    }

    public static string Bound(Socket socket, BusEndpoint endpoint)
    {
        var text = endpoint.ToString();
        return endpoint.IsTcp
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{text[..(text.LastIndexOf(':') + 1)]}{((IPEndPoint)socket.LocalEndPoint!).Port}")
            : text;
    }

    private static EndPoint Local(BusEndpoint endpoint)
    {
        if (endpoint.IsTcp)
        {
            return endpoint.Host switch
            {
                "*" => new IPEndPoint(IPAddress.Any, endpoint.Port),
                "localhost" => new IPEndPoint(IPAddress.Loopback, endpoint.Port),
                var host when IPAddress.TryParse(host, out var address) => new IPEndPoint(address, endpoint.Port),
                var host => new IPEndPoint(Dns.GetHostAddresses(host)[0], endpoint.Port),
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
}
