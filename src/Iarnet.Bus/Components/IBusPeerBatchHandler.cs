namespace Iarnet.Bus;

/// <summary>
/// A handler that takes messages of a component many at a time: those that came in one envelope, in order, at least one. It is
/// called in place of <see cref="IBusPeerHandler.Received"/>.
/// </summary>
public interface IBusPeerBatchHandler : IBusPeerHandler
{
    /// <summary>
    /// Messages. The span and the payloads are valid until the method returns. What it throws is logged, and answers each
    /// request among the messages with a fault.
    /// </summary>
    void ReceivedBatch(BusPeer peer, ReadOnlySpan<BusMessage> messages);
}
