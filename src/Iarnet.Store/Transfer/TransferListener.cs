using System.Net;
using System.Net.Sockets;

namespace Iarnet.Store.Transfer;

/// <summary>A socket that listens, and the file of it.</summary>
internal sealed class TransferListener : IDisposable
{
    private const int Backlog = 128;

    private TransferListener(Socket socket, TransferEndpoint endpoint)
    {
        Socket = socket;
        Endpoint = endpoint;
    }

    public Socket Socket { get; }

    public TransferEndpoint Endpoint { get; }

    public bool IsEveryAddress => Socket.LocalEndPoint is IPEndPoint { Address: var address } && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    public static async ValueTask<TransferListener> OpenAsync(TransferEndpoint endpoint, CancellationToken cancellationToken)
    {
        var address = await endpoint.ResolveAsync(cancellationToken).ConfigureAwait(false);
        if (endpoint.IsUnix)
        {
            RemoveStaleFile(endpoint, address);
        }

        var socket = endpoint.NewSocket(address);
        try
        {
            socket.Bind(address);
            socket.Listen(Backlog);
            return new TransferListener(socket, socket.LocalEndPoint is IPEndPoint bound ? endpoint.WithPort(bound.Port) : endpoint);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Socket.Dispose();
        if (Endpoint.IsUnix)
        {
            try
            {
                File.Delete(Endpoint.Path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The folder went first: nothing is left to remove.
            }
        }
    }

    /// <summary>The file of a killed process would keep the path for ever.</summary>
    private static void RemoveStaleFile(TransferEndpoint endpoint, EndPoint address)
    {
        if (!File.Exists(endpoint.Path))
        {
            return;
        }

        using var probe = endpoint.NewSocket(address);
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
}
