namespace Iarnet.Bus;

/// <summary>A connection ended before it was one: garbage, another protocol, a limit, a refusal, or silence.</summary>
/// <param name="Endpoint">The endpoint that was bound or connected to.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record HandshakeFailed(string Endpoint, string Reason)
    : SocketEvent(Endpoint);
