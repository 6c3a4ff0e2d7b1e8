namespace Iarnet.Bus;

/// <summary>
/// Messages for a peer were dropped because there was no room (<see cref="SocketOverflow.Drop"/>). Raised with the first one, and
/// when there is room again, or the peer is gone, with the number of those since.
/// </summary>
/// <param name="Peer">For whom they were; null when a DEALER dropped them, which has no peer in mind.</param>
/// <param name="Endpoint">The endpoint of the peer's connection; empty for a DEALER.</param>
/// <param name="Count">How many, since the last such event.</param>
public sealed record MessagesDropped(PeerIdentity? Peer, string Endpoint, long Count)
    : SocketEvent(Endpoint);
