namespace Iarnet.Bus;

/// <summary>Connecting failed, or a connection that had been made was lost; it is tried again.</summary>
/// <param name="Endpoint">The endpoint that is connected to.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Delay">How long until the next attempt: grows from attempt to attempt, with a random part.</param>
public sealed record ConnectRetried(string Endpoint, string Reason, TimeSpan Delay)
    : SocketEvent(Endpoint);
