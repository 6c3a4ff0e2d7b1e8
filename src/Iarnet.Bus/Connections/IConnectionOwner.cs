namespace Iarnet.Bus.Connections;

/// <summary>A socket, or one end of the component bus. Calls for one connection come one after the other.</summary>
internal interface IConnectionOwner
{
    /// <summary>A handshake is done: the owner attaches the queue of the peer, or fails the connection.</summary>
    ValueTask JoinedAsync(ZmtpConnection connection);

    /// <summary>Bytes arrived: the owner reads messages until there are none. Nothing is received before the task ends, which is how a peer is slowed down.</summary>
    ValueTask ReceivedAsync(ZmtpConnection connection);

    /// <summary>Exactly once after <see cref="JoinedAsync"/>.</summary>
    ValueTask LeftAsync(ZmtpConnection connection, string reason);

    /// <summary>A connection ended before it was one.</summary>
    void HandshakeFailed(string endpoint, string reason);

    /// <summary>Connecting failed, or the connection was lost; it is tried again.</summary>
    void Retrying(string endpoint, string reason, TimeSpan delay);
}
