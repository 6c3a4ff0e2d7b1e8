using System.Security.Cryptography;
using Iarnet.Bus.Connections;

namespace Iarnet.Bus.Sockets;

/// <summary>A peer of a socket, or of a DEALER an endpoint that it keeps a connection to: what waits for it outlives its connections.</summary>
internal sealed class SocketPeer(PeerIdentity? identity, SendQueue queue)
{
    private ZmtpConnection? _connection;

    /// <summary>Null for an endpoint that was never connected.</summary>
    public PeerIdentity? Identity { get; set; } = identity;

    public SendQueue Queue { get; } = queue;

    public ReceiveQueue.Share Share { get; } = new();

    /// <summary>The one whose messages count; written under the lock of the socket.</summary>
    public ZmtpConnection? Connection
    {
        get => Volatile.Read(ref _connection);
        set => Volatile.Write(ref _connection, value);
    }

    /// <summary>The identity that a peer announced, or one that cannot be guessed (libzmq counts them up).</summary>
    public static PeerIdentity Identify(ZmtpConnection connection)
    {
        if (connection.PeerIdentity.Length > 0)
        {
            return new PeerIdentity(connection.PeerIdentity);
        }

        Span<byte> random = stackalloc byte[9];
        RandomNumberGenerator.Fill(random[1..]);
        random[0] = 0;
        return new PeerIdentity(random);
    }
}
