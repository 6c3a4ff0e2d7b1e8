using System.Diagnostics.CodeAnalysis;
using Iarnet.Bus.Connections;
using Iarnet.Bus.Transport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet.Bus;

/// <summary>
/// The engine's end of the component bus: a ROUTER that components connect to under their ids. Thread-safe. A component that is
/// not registered is told goodbye and closed; one that connects anew finds what was sent meanwhile.
/// </summary>
public sealed partial class ComponentBus : IAsyncDisposable
{
    private readonly ComponentBusOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConnectionHub _hub;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, BusPeer> _peers = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _endpoints = [];
    private bool _started;
    private bool _disposed;

    /// <summary>Creates the bus; nothing is bound before <see cref="StartAsync"/>.</summary>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <param name="time">The clock of timeouts and heartbeats; default: the system's.</param>
    /// <param name="logs">Where to log; default: nowhere.</param>
    public ComponentBus(ComponentBusOptions options, TimeProvider? time = null, ILoggerFactory? logs = null)
        : this(options, transport: null, time, logs)
    {
    }

    internal ComponentBus(ComponentBusOptions options, ITransport? transport, TimeProvider? time, ILoggerFactory? logs)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time ?? TimeProvider.System;
        _logger = (logs ?? NullLoggerFactory.Instance).CreateLogger("Iarnet.Bus.ComponentBus");
        var settings = new ConnectionSettings
        {
            SocketType = "ROUTER",
            MaxMessageBytes = (long)options.MaxMessageBytes + Wire.EnvelopeWriter.Overhead,
            MaxFrames = 1,
            MaxCommandBytes = ConnectionSettings.CommandLimit,
            HandshakeTimeout = options.HandshakeTimeout,
            MaxHalfOpen = options.MaxHalfOpenConnections,
            HeartbeatInterval = options.HeartbeatInterval,
            HeartbeatTimeout = options.HeartbeatTimeout,
            ReconnectDelay = TimeSpan.FromMilliseconds(50),
            ReconnectDelayLimit = TimeSpan.FromSeconds(2),
            Linger = options.Linger,
        };
        _hub = new ConnectionHub(settings, new Owner(this), transport ?? Transports.Default, _time, _logger);
    }

    /// <summary>The endpoints as bound (a port where 0 was asked for): what components are told. Empty before the start.</summary>
    public IReadOnlyList<string> Endpoints => Volatile.Read(ref _endpoints);

    /// <summary>The components that are registered now, in no order, with their states (<see cref="BusPeer.State"/>); a copy.</summary>
    public IReadOnlyList<BusPeer> Peers
    {
        get
        {
            lock (_lock)
            {
                return [.. _peers.Values];
            }
        }
    }

    /// <summary>The component of an id, if it is registered; one that is gone is until another takes its id or it is unregistered.</summary>
    public bool TryGet(ComponentId id, [NotNullWhen(true)] out BusPeer? peer)
    {
        lock (_lock)
        {
            return _peers.TryGetValue(id.Value, out peer);
        }
    }

    /// <summary>Binds the endpoints of the options; a second call does nothing.</summary>
    /// <exception cref="InvalidOperationException">The options name no endpoint.</exception>
    /// <exception cref="ArgumentException">An endpoint is malformed.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">An endpoint cannot be bound.</exception>
    public ValueTask StartAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_started)
            {
                return ValueTask.CompletedTask;
            }

            if (_options.Endpoints.Count == 0)
            {
                throw new InvalidOperationException("The component bus has no endpoint: add at least one to ComponentBusOptions.Endpoints, for example ipc://*.");
            }

            _started = true;
        }

        List<string> bound = [];
        foreach (var endpoint in _options.Endpoints)
        {
            bound.Add(_hub.Bind(endpoint));
            LogBound(bound[^1]);
        }

        Volatile.Write(ref _endpoints, bound);
        return ValueTask.CompletedTask;
    }

    /// <summary>Makes a component known: from now on messages may be queued for it, and it may connect.</summary>
    /// <exception cref="InvalidOperationException">A component of this id is registered and not gone.</exception>
    public BusPeer Register(ComponentId id, IBusPeerHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentException.ThrowIfNullOrEmpty(id.Value, nameof(id));
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_peers.TryGetValue(id.Value, out var known) && known.State != BusPeerState.Gone)
            {
                throw new InvalidOperationException($"Component '{id}' is registered already and is {known.State}: unregister it first, or choose another id.");
            }

            var peer = new BusPeer(id, handler, _options, _time, _logger);
            _peers[id.Value] = peer;
            return peer;
        }
    }

    /// <summary>
    /// Says goodbye to a component, closes its connection, and fails what waits for it. Does nothing for one that is not
    /// registered. Returns within the linger of the options.
    /// </summary>
    public async ValueTask UnregisterAsync(ComponentId id, string reason)
    {
        BusPeer? peer;
        lock (_lock)
        {
            _peers.Remove(id.Value, out peer);
        }

        if (peer is not null)
        {
            await peer.EndAsync(reason).ConfigureAwait(false);
        }
    }

    /// <summary>Says goodbye to every component and closes. Returns soon after the linger of the options at the latest, whatever the peers do.</summary>
    public async ValueTask DisposeAsync()
    {
        BusPeer[] peers;
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            peers = [.. _peers.Values];
            _peers.Clear();
        }

        try
        {
            await Task.WhenAll(peers.Select(static peer => peer.EndAsync("the engine ends")))
                .WaitAsync((2 * _options.Linger) + TimeSpan.FromSeconds(1), _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A handler that blocks holds the gate of its component; the connections below are closed all the same.
            LogHandlerBlocks();
        }

        await _hub.DisposeAsync().ConfigureAwait(false);
    }
}
