namespace Iarnet.Bus;

/// <summary>Something that happened to a connection of a socket.</summary>
/// <param name="Endpoint">The endpoint that was bound or connected to.</param>
public abstract record SocketEvent(string Endpoint);
