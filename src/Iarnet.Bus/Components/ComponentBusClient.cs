using Microsoft.Extensions.Logging;

namespace Iarnet.Bus;

/// <summary>A component's end of the bus. Connects again by itself; nothing sent is lost or doubled while the engine keeps the component. Thread-safe.</summary>
public sealed class ComponentBusClient : IAsyncDisposable
{
    /// <summary>Creates the client; nothing is connected before <see cref="ConnectAsync"/>.</summary>
    public ComponentBusClient(ComponentBusClientOptions options, IBusClientHandler handler, TimeProvider? time = null, ILoggerFactory? logs = null)
    {
    }

    /// <summary>Moving average of the time that a message takes to the engine, one way: half the round trip of ZMTP heartbeats. Zero before the first.</summary>
    public TimeSpan LinkLatency => throw new NotSupportedException("The surface stands first; what is behind it follows.");

    /// <summary>Completes, with the reason, when the engine said goodbye, could not be reached any more, or the client was disposed. Never faults.</summary>
    public Task<string> Completion => throw new NotSupportedException("The surface stands first; what is behind it follows.");

    /// <summary>Connects and waits until the engine has answered.</summary>
    /// <exception cref="ComponentLostException">The engine refused, or was not reached in time.</exception>
    public ValueTask ConnectAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException("The surface stands first; what is behind it follows.");

    /// <summary>Queues a message and returns. The memory passes to the bus: it must not change any more.</summary>
    /// <exception cref="BusFullException">The bound of messages or bytes kept is reached.</exception>
    /// <exception cref="MessageTooLargeException">The payload is larger than <see cref="ComponentBusClientOptions.MaxMessageBytes"/>.</exception>
    /// <exception cref="ComponentLostException">The engine is gone.</exception>
    public void Send(ReadOnlyMemory<byte> payload, BusPriority priority = BusPriority.Normal) => throw new NotSupportedException("The surface stands first; what is behind it follows.");

    /// <summary>As <see cref="Send"/>, but waits for room.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> payload, BusPriority priority = BusPriority.Normal, CancellationToken cancellationToken = default) => throw new NotSupportedException("The surface stands first; what is behind it follows.");

    /// <summary>Sends a request and waits for its reply, which the caller owns. Errors as <see cref="BusPeer.RequestAsync"/>.</summary>
    public ValueTask<ReadOnlyMemory<byte>> RequestAsync(ReadOnlyMemory<byte> payload, TimeSpan timeout, CancellationToken cancellationToken = default) => throw new NotSupportedException("The surface stands first; what is behind it follows.");

    /// <summary>Answers a request of the engine; any time after it was received. Errors as <see cref="Send"/>.</summary>
    public void Reply(BusMessage request, ReadOnlyMemory<byte> payload) => throw new NotSupportedException("The surface stands first; what is behind it follows.");

    /// <summary>Answers a request of the engine with a text that says why it failed. Errors as <see cref="Send"/>.</summary>
    public void Fault(BusMessage request, string reason) => throw new NotSupportedException("The surface stands first; what is behind it follows.");

    /// <summary>Says goodbye and closes. Returns within the linger of the options, whatever the engine does.</summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException("The surface stands first; what is behind it follows.");
}
