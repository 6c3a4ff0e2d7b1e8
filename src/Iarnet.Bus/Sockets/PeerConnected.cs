namespace Iarnet.Bus;

/// <summary>A peer finished its handshake.</summary>
/// <param name="Peer">Its identity; the one that the socket made up when it announced none.</param>
/// <param name="Endpoint">The endpoint that was bound or connected to.</param>
public sealed record PeerConnected(PeerIdentity Peer, string Endpoint)
    : SocketEvent(Endpoint)
{
    /// <summary>What the peer tells of itself, by name (<see cref="BusSocketOptions.Metadata"/> of its socket). It has proved nothing of it.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = System.Collections.Frozen.FrozenDictionary<string, string>.Empty;

    /// <summary>Who the peer proved to be: the mechanism, and the user or the key. Null with NULL, and at the client's end.</summary>
    public string? Principal { get; init; }
}
