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
        _flow = new MessageFlow($"component '{id}'", new FlowLimits(options.PendingMessages, options.PendingBytes, options.MaxMessageBytes), new Receiver(this), time);
    }

    /// <summary>Who it is.</summary>
    public ComponentId Id { get; }

    /// <summary>What is known of it now.</summary>
    public BusPeerState State => _state;

    /// <summary>Messages that count against <see cref="ComponentBusOptions.PendingMessages"/>: they wait, or are not acknowledged.</summary>
    public int PendingMessages => _flow.KeptMessages;

    /// <summary>Bytes that count against <see cref="ComponentBusOptions.PendingBytes"/>: payloads, and 128 for each message.</summary>
    public long PendingBytes => _flow.KeptBytes;

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
        _flow.Send(EnvelopeKind.OneWay, 0, payload, new BusSendOptions { Priority = priority });

    /// <summary>As <see cref="Send(ReadOnlyMemory{byte}, BusPriority)"/>, with a time to live: what expires before it leaves is told to the handler.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time to live is not more than zero.</exception>
    public void Send(ReadOnlyMemory<byte> payload, BusSendOptions options) =>
        _flow.Send(EnvelopeKind.OneWay, 0, payload, options);

    /// <summary>
    /// Queues messages that follow each other, all of them or none; small ones share envelopes. Quicker than one by one. Errors as
    /// <see cref="Send(ReadOnlyMemory{byte}, BusSendOptions)"/>; a batch larger than the bounds never finds room.
    /// </summary>
    public void Send(ReadOnlySpan<ReadOnlyMemory<byte>> payloads, BusSendOptions options = default) =>
        _flow.Send(payloads, options);

    /// <summary>As <see cref="Send(ReadOnlyMemory{byte}, BusPriority)"/>, but waits for room. A cancelled wait has sent nothing.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> payload, BusPriority priority = BusPriority.Normal, CancellationToken cancellationToken = default) =>
        _flow.SendAsync(payload, new BusSendOptions { Priority = priority }, cancellationToken);

    /// <summary>
    /// As <see cref="Send(ReadOnlyMemory{byte}, BusSendOptions)"/>, but waits for room: behind those that wait already, the higher
    /// priority first. A cancelled wait has sent nothing.
    /// </summary>
    /// <exception cref="MessageExpiredException">The time to live ended while it waited for room; nothing was sent.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> payload, BusSendOptions options, CancellationToken cancellationToken = default) =>
        _flow.SendAsync(payload, options, cancellationToken);

    /// <summary>
    /// Queues messages in order: as many as there is room for at once, then the others as room comes. What was let in before a wait
    /// is cancelled, or expires, is sent. The list must not change until the task ends.
    /// </summary>
    /// <exception cref="MessageExpiredException">The time to live ended while some waited for room; those were not sent.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<ReadOnlyMemory<byte>> payloads, BusSendOptions options = default, CancellationToken cancellationToken = default) =>
        _flow.SendAsync(payloads, options, cancellationToken);

    /// <summary>
    /// Sends a request, waiting for room when there is none, and waits for its reply, which the caller owns. The timeout is its
    /// time to live too: what has not left by then is not sent. Await the result once.
    /// </summary>
    /// <exception cref="CallTimeoutException">No reply came in time; the component was told, if the request had left.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the component was told, if the request had left.</exception>
    /// <exception cref="RequestFailedException">The component answered with a fault.</exception>
    /// <exception cref="MessageTooLargeException">The payload is larger than <see cref="ComponentBusOptions.MaxMessageBytes"/>.</exception>
    /// <exception cref="ComponentLostException">The component is gone, or went before it replied.</exception>
    public ValueTask<ReadOnlyMemory<byte>> RequestAsync(ReadOnlyMemory<byte> payload, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        _flow.RequestAsync(payload, timeout, BusPriority.Normal, cancellationToken);

    /// <summary>As <see cref="RequestAsync(ReadOnlyMemory{byte}, TimeSpan, CancellationToken)"/>, at a priority, which its reply has too.</summary>
    public ValueTask<ReadOnlyMemory<byte>> RequestAsync(ReadOnlyMemory<byte> payload, TimeSpan timeout, BusPriority priority, CancellationToken cancellationToken = default) =>
        _flow.RequestAsync(payload, timeout, priority, cancellationToken);

    /// <summary>Answers a request of the component; any time after it was received. Errors as <see cref="Send(ReadOnlyMemory{byte}, BusPriority)"/>.</summary>
    public void Reply(BusMessage request, ReadOnlyMemory<byte> payload) =>
        _flow.Send(EnvelopeKind.Reply, request.Correlation, payload, new BusSendOptions { Priority = request.Priority });

    /// <summary>Answers a request of the component with a text that says why it failed. Errors as <see cref="Send(ReadOnlyMemory{byte}, BusPriority)"/>.</summary>
    public void Fault(BusMessage request, string reason) =>
        _flow.Send(EnvelopeKind.Fault, request.Correlation, Encoding.UTF8.GetBytes(reason), new BusSendOptions { Priority = request.Priority });
}
