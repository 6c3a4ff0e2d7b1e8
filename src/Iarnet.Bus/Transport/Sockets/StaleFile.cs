using System.Net;
using System.Net.Sockets;

namespace Iarnet.Bus.Transport.Sockets;

/// <summary>The file of a Unix socket that a killed process left: binding would fail on it for ever.</summary>
internal static class StaleFile
{
    /// <summary>Removes the file if nobody listens on it.</summary>
    /// <exception cref="SocketException">Somebody does.</exception>
    public static void Remove(BusEndpoint endpoint, EndPoint address)
    {
        if (!File.Exists(endpoint.Path))
        {
            return;
        }

        using var probe = SocketAddresses.Create(address);
        try
        {
            probe.Connect(address);
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

    /// <summary>Removes the file of a listener that closes.</summary>
    public static void RemoveOwn(BusEndpoint endpoint)
    {
        if (endpoint.IsTcp || endpoint.IsAbstract)
        {
            return;
        }

        try
        {
            File.Delete(endpoint.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder went first: nothing is left to remove.
        }
    }
}
