namespace Iarnet.Bus;

/// <summary>A peer that was connected is no more.</summary>
/// <param name="Peer">Its identity.</param>
/// <param name="Endpoint">The endpoint that was bound or connected to.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="UnsentMessages">Messages for it that never left and are dropped: zero where they are kept for its next connection.</param>
public sealed record PeerDisconnected(PeerIdentity Peer, string Endpoint, string Reason, int UnsentMessages)
    : SocketEvent(Endpoint);
