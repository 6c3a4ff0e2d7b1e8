using Iarnet.Bus.Memory;

namespace Iarnet.Bus.Connections;

/// <summary>A socket, or one end of the component bus. Calls for one connection come on its loop; none of them may block.</summary>
internal interface IConnectionOwner
{
    /// <summary>A handshake is done: the owner attaches the queue of the peer, or fails the connection.</summary>
    void Joined(ZmtpConnection connection);

    /// <summary>Messages arrived. The owner may set <see cref="ZmtpConnection.Allowance"/>, which is how a peer is slowed down.</summary>
    void Received(ZmtpConnection connection, in Region messages);

    /// <summary>What the peer may deliver now; asked when the connection is to be read again.</summary>
    Allowance Allow(ZmtpConnection connection) => Allowance.Unlimited;

    /// <summary>Exactly once after <see cref="Joined"/>.</summary>
    void Left(ZmtpConnection connection, string reason);

    /// <summary>A connection ended before it was one.</summary>
    void HandshakeFailed(string endpoint, string reason);

    /// <summary>Connecting failed, or the connection was lost; it is tried again. On any thread.</summary>
    void Retrying(string endpoint, string reason, TimeSpan delay);
}
