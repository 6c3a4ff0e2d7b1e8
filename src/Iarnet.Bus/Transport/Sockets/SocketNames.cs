using System.Net;
using System.Net.Sockets;

namespace Iarnet.Bus.Transport.Sockets;

/// <summary>What an accepted connection is called.</summary>
internal static class SocketNames
{
    public static ITransportLink Link(Socket socket, string endpoint, Func<string, string?, ITransportLink> create)
    {
        if (socket.AddressFamily == AddressFamily.Unix)
        {
            return create(endpoint, null);
        }

        socket.NoDelay = true;
        var remote = (IPEndPoint)socket.RemoteEndPoint!;
        return create($"tcp://{remote}", remote.Address.ToString());
    }
}
