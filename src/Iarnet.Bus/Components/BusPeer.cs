using System.Text;
using Iarnet.Bus.Components;
using Iarnet.Bus.Connections;
using Iarnet.Bus.Wire;
using Microsoft.Extensions.Logging;

namespace Iarnet.Bus;

/// <summary>A component as the engine sees it: made by <see cref="ComponentBus.Register"/>. Thread-safe.</summary>
public sealed partial class BusPeer
{
    private readonly IBusPeerHandler _handler;
    private readonly MessageFlow _flow;
    private readonly TimeSpan _awayLimit;
    private readonly TimeSpan _linger;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile BusPeerState _state = BusPeerState.Awaited;
    private ZmtpConnection? _connection;

    internal BusPeer(ComponentId id, IBusPeerHandler handler, ComponentBusOptions options, TimeProvider time, ILogger logger)
    {
        Id = id;
        _handler = handler;
        _awayLimit = options.AwayLimit;
        _linger = options.Linger;
        _nodeId = options.NodeId.Value;
        _time = time;
        _logger = logger;
        _flow = new MessageFlow($"component '{id}'", new FlowLimits(options.PendingMessages, options.PendingBytes, options.MaxMessageBytes), time);
    }

    /// <summary>Who it is.</summary>
    public ComponentId Id { get; }

    /// <summary>What is known of it now.</summary>
    public BusPeerState State => _state;

    /// <summary>
    /// Moving average of the time that a message takes to the component, one way: half the round trip of ZMTP heartbeats, which
    /// its I/O answers before any of its own work. Zero before the first.
    /// </summary>
    public TimeSpan LinkLatency => Volatile.Read(ref _connection) is { } connection ? connection.RoundTrip / 2 : TimeSpan.Zero;

    /// <summary>Queues a message and returns. The memory passes to the bus: it must not change any more.</summary>
    /// <exception cref="BusFullException">The bound of messages or bytes kept for the component is reached.</exception>
    /// <exception cref="MessageTooLargeException">The payload is larger than <see cref="ComponentBusOptions.MaxMessageBytes"/>.</exception>
    /// <exception cref="ComponentLostException">The component is gone.</exception>
    public void Send(ReadOnlyMemory<byte> payload, BusPriority priority = BusPriority.Normal) =>
        _flow.Send(EnvelopeKind.OneWay, 0, payload, priority);

    /// <summary>As <see cref="Send"/>, but waits for room. A cancelled wait has sent nothing.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> payload, BusPriority priority = BusPriority.Normal, CancellationToken cancellationToken = default) =>
        _flow.SendAsync(EnvelopeKind.OneWay, 0, payload, priority, cancellationToken);

    /// <summary>Sends a request, waiting for room when there is none, and waits for its reply, which the caller owns.</summary>
    /// <exception cref="CallTimeoutException">No reply came in time; the component was told.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the component was told.</exception>
    /// <exception cref="RequestFailedException">The component answered with a fault.</exception>
    /// <exception cref="MessageTooLargeException">The payload is larger than <see cref="ComponentBusOptions.MaxMessageBytes"/>.</exception>
    /// <exception cref="ComponentLostException">The component is gone, or went before it replied.</exception>
    public ValueTask<ReadOnlyMemory<byte>> RequestAsync(ReadOnlyMemory<byte> payload, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        _flow.RequestAsync(payload, timeout, cancellationToken);

    /// <summary>Answers a request of the component; any time after it was received. Errors as <see cref="Send"/>.</summary>
    public void Reply(BusMessage request, ReadOnlyMemory<byte> payload) =>
        _flow.Send(EnvelopeKind.Reply, request.Correlation, payload, request.Priority);

    /// <summary>Answers a request of the component with a text that says why it failed. Errors as <see cref="Send"/>.</summary>
    public void Fault(BusMessage request, string reason) =>
        _flow.Send(EnvelopeKind.Fault, request.Correlation, Encoding.UTF8.GetBytes(reason), request.Priority);
}
