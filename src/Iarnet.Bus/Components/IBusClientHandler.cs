namespace Iarnet.Bus;

/// <summary>
/// Told what the engine sends. Calls come one after the other, on the I/O path of the bus: an implementation must not block;
/// it may send from within. What it throws is logged, and answers the request that it was called for with a fault.
/// </summary>
public interface IBusClientHandler
{
    /// <summary>A message. Its payload is valid until the method returns; see <see cref="BusMessage.Retain"/>.</summary>
    void Received(ComponentBusClient client, BusMessage message);

    /// <summary>The engine no longer waits for the reply to a request that it had sent.</summary>
    void Canceled(ComponentBusClient client, ulong correlation)
    {
    }

    /// <summary>
    /// The time of a message ended before it left: it was dropped, and the engine has not seen it. Told once for each, by a
    /// timer: possibly while another call runs.
    /// </summary>
    void Expired(ComponentBusClient client, BusExpiredMessage message)
    {
    }

    /// <summary>The engine answered: the first time, and after each lost connection.</summary>
    void Connected(ComponentBusClient client, string nodeId)
    {
    }

    /// <summary>The connection is lost; the client makes it anew, and messages are kept until then.</summary>
    void Disconnected(ComponentBusClient client, string reason)
    {
    }
}
