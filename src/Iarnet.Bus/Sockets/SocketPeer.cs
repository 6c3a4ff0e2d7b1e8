using System.Security.Cryptography;
using Iarnet.Bus.Connections;

namespace Iarnet.Bus.Sockets;

/// <summary>A peer of a socket, or of a DEALER an endpoint that it keeps a connection to: what waits for it outlives its connections.</summary>
internal sealed class SocketPeer(object socket, PeerIdentity? identity, SendQueue queue)
{
    private ZmtpConnection? _connection;
    private volatile bool _isGone;

    /// <summary>The socket whose peer it is.</summary>
    public object Socket { get; } = socket;

    /// <summary>Null for an endpoint that was never connected.</summary>
    public PeerIdentity? Identity { get; set; } = identity;

    /// <summary>Who the peer proved to be, null without proof: the identity is another's only if this is the same.</summary>
    public string? Principal { get; set; }

    public SendQueue Queue { get; } = queue;

    public ReceiveShare Share { get; } = new();

    public DropCount Dropped { get; } = new();

    /// <summary>The socket does not know it any more.</summary>
    public bool IsGone
    {
        get => _isGone;
        set => _isGone = value;
    }

    /// <summary>The one whose messages count; written under the lock of the socket.</summary>
    public ZmtpConnection? Connection
    {
        get => Volatile.Read(ref _connection);
        set
        {
            Volatile.Write(ref _connection, value);
            Share.Connection = value;
        }
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
