namespace Iarnet.Bus;

/// <summary>A component as the engine sees it: made by <see cref="ComponentBus.Register"/>. Thread-safe.</summary>
public sealed class BusPeer
{
    internal BusPeer(ComponentId id) => Id = id;

    /// <summary>Who it is.</summary>
    public ComponentId Id { get; }

    /// <summary>What is known of it now.</summary>
    public BusPeerState State => throw new NotSupportedException("The surface stands first; what is behind it follows.");

    /// <summary>Moving average of the time that a message takes to the component, one way: half the round trip of ZMTP heartbeats, which its I/O answers before any of its own work. Zero before the first.</summary>
    public TimeSpan LinkLatency => throw new NotSupportedException("The surface stands first; what is behind it follows.");

    /// <summary>Queues a message and returns. The memory passes to the bus: it must not change any more.</summary>
    /// <exception cref="BusFullException">The bound of messages or bytes kept for the component is reached.</exception>
    /// <exception cref="MessageTooLargeException">The payload is larger than <see cref="ComponentBusOptions.MaxMessageBytes"/>.</exception>
    /// <exception cref="ComponentLostException">The component is gone.</exception>
    public void Send(ReadOnlyMemory<byte> payload, BusPriority priority = BusPriority.Normal) => throw new NotSupportedException("The surface stands first; what is behind it follows.");

    /// <summary>As <see cref="Send"/>, but waits for room.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> payload, BusPriority priority = BusPriority.Normal, CancellationToken cancellationToken = default) => throw new NotSupportedException("The surface stands first; what is behind it follows.");

    /// <summary>Sends a request and waits for its reply, which the caller owns.</summary>
    /// <exception cref="CallTimeoutException">No reply came in time; the component was told.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the component was told.</exception>
    /// <exception cref="RequestFailedException">The component answered with a fault.</exception>
    /// <exception cref="ComponentLostException">The component is gone, or went before it replied.</exception>
    public ValueTask<ReadOnlyMemory<byte>> RequestAsync(ReadOnlyMemory<byte> payload, TimeSpan timeout, CancellationToken cancellationToken = default) => throw new NotSupportedException("The surface stands first; what is behind it follows.");

    /// <summary>Answers a request of the component; any time after it was received. Errors as <see cref="Send"/>.</summary>
    public void Reply(BusMessage request, ReadOnlyMemory<byte> payload) => throw new NotSupportedException("The surface stands first; what is behind it follows.");

    /// <summary>Answers a request of the component with a text that says why it failed. Errors as <see cref="Send"/>.</summary>
    public void Fault(BusMessage request, string reason) => throw new NotSupportedException("The surface stands first; what is behind it follows.");
}
