using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Iarnet.Bus.Components;
using Iarnet.Bus.Connections;
using Iarnet.Bus.Transport;
using Iarnet.Bus.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet.Bus;

/// <summary>
/// A component's end of the bus: a DEALER whose identity is the component id. Connects again by itself; nothing that was sent is
/// lost or doubled while the engine keeps the component. Thread-safe.
/// </summary>
public sealed partial class ComponentBusClient : IAsyncDisposable
{
    private readonly ComponentBusClientOptions _options;
    private readonly IBusClientHandler _handler;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConnectionHub _hub;
    private readonly MessageFlow _flow;
    private readonly BusReady _self;
    private readonly TaskCompletionSource<string> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _started;

    /// <summary>Creates the client; nothing is connected before <see cref="ConnectAsync"/>.</summary>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <param name="handler">Told what the engine sends.</param>
    /// <param name="time">The clock of timeouts and heartbeats; default: the system's.</param>
    /// <param name="logs">Where to log; default: nowhere.</param>
    /// <exception cref="ArgumentException">The options name no endpoint or no component.</exception>
    public ComponentBusClient(ComponentBusClientOptions options, IBusClientHandler handler, TimeProvider? time = null, ILoggerFactory? logs = null)
        : this(options, handler, transport: null, time, logs)
    {
    }

    internal ComponentBusClient(ComponentBusClientOptions options, IBusClientHandler handler, ITransport? transport, TimeProvider? time, ILoggerFactory? logs)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentException.ThrowIfNullOrEmpty(options.Endpoint);
        ArgumentException.ThrowIfNullOrEmpty(options.ComponentId.Value);
        _ = BusEndpoint.Parse(options.Endpoint);
        _options = options;
        _handler = handler;
        _time = time ?? TimeProvider.System;
        _logger = (logs ?? NullLoggerFactory.Instance).CreateLogger("Iarnet.Bus.ComponentBusClient");
        _self = new BusReady(options.Language, options.RuntimeVersion, Environment.ProcessId, BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1);
        _flow = new MessageFlow("the engine", new FlowLimits(options.PendingMessages, options.PendingBytes, options.MaxMessageBytes), new Receiver(this), _time);
        _giveUp = _time.CreateTimer(
            static state => ((ComponentBusClient)state!).GiveUp(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var settings = new ConnectionSettings
        {
            SocketType = "DEALER",
            Identity = Encoding.ASCII.GetBytes(options.ComponentId.Value),
            MaxMessageBytes = (long)options.MaxMessageBytes + EnvelopeWriter.Overhead,
            MaxFrames = 1,
            MaxCommandBytes = ConnectionSettings.CommandLimit,
            HandshakeTimeout = options.HandshakeTimeout,
            MaxHalfOpen = 1,
            HeartbeatInterval = options.HeartbeatInterval,
            HeartbeatTimeout = options.HeartbeatTimeout,
            ReconnectDelay = options.ReconnectDelay,
            ReconnectDelayLimit = options.ReconnectDelayLimit,
            Linger = options.Linger,
        };
        _hub = new ConnectionHub(settings, new Owner(this), transport ?? Transports.Default, _time, _logger);
    }

    /// <summary>Whether the engine has answered and the connection stands.</summary>
    public bool IsConnected => Volatile.Read(ref _connection) is not null;

    /// <summary>Messages that count against <see cref="ComponentBusClientOptions.PendingMessages"/>: they wait, or are not acknowledged.</summary>
    public int PendingMessages => _flow.KeptMessages;

    /// <summary>Bytes that count against <see cref="ComponentBusClientOptions.PendingBytes"/>: payloads, and 128 for each message.</summary>
    public long PendingBytes => _flow.KeptBytes;

    /// <summary>Moving average of the time that a message takes to the engine, one way: half the round trip of ZMTP heartbeats. Zero before the first.</summary>
    public TimeSpan LinkLatency => Volatile.Read(ref _connection) is { } connection ? connection.RoundTrip / 2 : TimeSpan.Zero;

    /// <summary>Completes, with the reason, when the engine said goodbye, could not be reached any more, or the client was disposed. Never faults.</summary>
    public Task<string> Completion => _completion.Task;

    /// <summary>
    /// Connects and waits until the engine has answered. Cancelling ends the wait, not the attempts, which end with
    /// <see cref="ComponentBusClientOptions.GiveUpAfter"/> or with the client.
    /// </summary>
    /// <exception cref="ComponentLostException">The engine refused, or was not reached in time.</exception>
    public async ValueTask ConnectAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            _giveUp.Change(_options.GiveUpAfter, Timeout.InfiniteTimeSpan);
            _hub.Connect(_options.Endpoint);
        }

        await Task.WhenAny(_connected.Task, _completion.Task).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!_connected.Task.IsCompleted)
        {
            var reason = await _completion.Task.ConfigureAwait(false);
            throw new ComponentLostException($"Component '{_options.ComponentId}' could not join the bus at {_options.Endpoint}: {reason}.");
        }
    }

    /// <summary>Queues a message and returns; before the first connection too. The memory passes to the bus: it must not change any more.</summary>
    /// <exception cref="BusFullException">The bound of messages or bytes kept is reached.</exception>
    /// <exception cref="MessageTooLargeException">The payload is larger than <see cref="ComponentBusClientOptions.MaxMessageBytes"/>.</exception>
    /// <exception cref="ComponentLostException">The engine is gone.</exception>
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
    /// <exception cref="CallTimeoutException">No reply came in time; the engine was told, if the request had left.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the engine was told, if the request had left.</exception>
    /// <exception cref="RequestFailedException">The engine answered with a fault.</exception>
    /// <exception cref="MessageTooLargeException">The payload is larger than <see cref="ComponentBusClientOptions.MaxMessageBytes"/>.</exception>
    /// <exception cref="ComponentLostException">The engine is gone, or went before it replied.</exception>
    public ValueTask<ReadOnlyMemory<byte>> RequestAsync(ReadOnlyMemory<byte> payload, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        _flow.RequestAsync(payload, timeout, BusPriority.Normal, cancellationToken);

    /// <summary>As <see cref="RequestAsync(ReadOnlyMemory{byte}, TimeSpan, CancellationToken)"/>, at a priority, which its reply has too.</summary>
    public ValueTask<ReadOnlyMemory<byte>> RequestAsync(ReadOnlyMemory<byte> payload, TimeSpan timeout, BusPriority priority, CancellationToken cancellationToken = default) =>
        _flow.RequestAsync(payload, timeout, priority, cancellationToken);

    /// <summary>Answers a request of the engine; any time after it was received. Errors as <see cref="Send(ReadOnlyMemory{byte}, BusPriority)"/>.</summary>
    public void Reply(BusMessage request, ReadOnlyMemory<byte> payload) =>
        _flow.Send(EnvelopeKind.Reply, request.Correlation, payload, new BusSendOptions { Priority = request.Priority });

    /// <summary>Answers a request of the engine with a text that says why it failed. Errors as <see cref="Send(ReadOnlyMemory{byte}, BusPriority)"/>.</summary>
    public void Fault(BusMessage request, string reason) =>
        _flow.Send(EnvelopeKind.Fault, request.Correlation, Encoding.UTF8.GetBytes(reason), new BusSendOptions { Priority = request.Priority });

    /// <summary>Says goodbye and closes. Returns soon after the linger of the options at the latest, whatever the engine does.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Volatile.Read(ref _connection)?.Queue is { } queue)
        {
            try
            {
                await _flow.WhenSettled().WaitAsync(_options.Linger, _time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                LogUnsettled(_options.ComponentId, _options.Linger);
            }

            queue.TryAppend(EnvelopeWriter.WriteGoodbye("the component ends"), ReadOnlyMemory<byte>.Empty, evenIfFull: true);
            queue.Flush();
        }

        Complete("the client was disposed");
        await _giveUp.DisposeAsync().ConfigureAwait(false);
        await _hub.DisposeAsync().ConfigureAwait(false);
    }
}
