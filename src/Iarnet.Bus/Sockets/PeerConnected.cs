namespace Iarnet.Bus;

/// <summary>A peer finished its handshake.</summary>
/// <param name="Peer">Its identity; the one that the socket made up when it announced none.</param>
/// <param name="Endpoint">The endpoint that was bound or connected to.</param>
public sealed record PeerConnected(PeerIdentity Peer, string Endpoint)
    : SocketEvent(Endpoint);
