namespace Iarnet.Bus;

/// <summary>
/// Told what happens with one component. Calls for one component come one after the other, on the I/O path of the bus:
/// an implementation must neither block nor wait for another call of the bus to the same peer; it may send from within.
/// What it throws is logged, answers the request that it was called for with a fault, and changes nothing else.
/// </summary>
public interface IBusPeerHandler
{
    /// <summary>The first connection of an incarnation: <see cref="BusPeer.State"/> is now <see cref="BusPeerState.Ready"/>.</summary>
    void Ready(BusPeer peer, BusReady ready);

    /// <summary>A message. Its payload is valid until the method returns; see <see cref="BusMessage.Retain"/>.</summary>
    void Received(BusPeer peer, BusMessage message);

    /// <summary>The component no longer waits for the reply to a request that it had sent.</summary>
    void Canceled(BusPeer peer, ulong correlation)
    {
    }

    /// <summary>
    /// The time of a message ended before it left: it was dropped, and the component has not seen it. Told once for each, by a
    /// timer: possibly while another call runs.
    /// </summary>
    void Expired(BusPeer peer, BusExpiredMessage message)
    {
    }

    /// <summary>The connection is lost. Messages are kept, and sent again when the component returns.</summary>
    void Away(BusPeer peer, string reason);

    /// <summary>The same incarnation returned after <see cref="Away"/>; nothing was lost.</summary>
    void Returned(BusPeer peer)
    {
    }

    /// <summary>
    /// The incarnation is lost, with everything that it had not acknowledged and every request to it: it said goodbye, was away
    /// longer than <see cref="ComponentBusOptions.AwayLimit"/>, was unregistered, or a new incarnation took its place. Only in
    /// the last case is the peer still usable: <see cref="Ready"/> follows at once.
    /// </summary>
    void Gone(BusPeer peer, string reason);
}
