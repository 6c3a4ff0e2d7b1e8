using Iarnet.Bus.Memory;
using Iarnet.Bus.Transport;
using Microsoft.Extensions.Logging;

namespace Iarnet.Bus.Connections;

/// <summary>
/// Everything that listens, connects and is connected for one socket. A connection becomes its owner's after the handshake;
/// until then it counts as half open, and of those there are only so many.
/// </summary>
internal sealed partial class ConnectionHub : IListenerOwner, IAsyncDisposable
{
    private readonly ConnectionSettings _settings;
    private readonly IConnectionOwner _owner;
    private readonly ITransport _transport;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SeededRandom _random = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ITransportListener> _listeners = new(StringComparer.Ordinal);
    private readonly HalfOpenConnections _halfOpen;
    private readonly HashSet<ZmtpConnection> _open = [];
    private readonly Dictionary<string, Task> _dials = new(StringComparer.Ordinal);
    private Task? _closing;
    private volatile bool _closed;

    public ConnectionHub(ConnectionSettings settings, IConnectionOwner owner, ITransport transport, TimeProvider time, ILogger logger)
    {
        _settings = settings;
        _owner = owner;
        _transport = transport;
        _time = time;
        _logger = logger;
        _halfOpen = new HalfOpenConnections(settings.MaxHalfOpen, settings.MaxHalfOpenPerAddress);
    }

    /// <summary>The endpoints that are listened on, as bound.</summary>
    public IReadOnlyList<string> Endpoints
    {
        get
        {
            lock (_lock)
            {
                return [.. _listeners.Keys];
            }
        }
    }

    public string Bind(string endpoint)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        var listener = _transport.Listen(BusEndpoint.Parse(endpoint), this);
        lock (_lock)
        {
            if (!_closed)
            {
                _listeners.Add(listener.Endpoint, listener);
                return listener.Endpoint;
            }
        }

        _ = listener.DisposeAsync().AsTask();
        throw new ObjectDisposedException(nameof(ConnectionHub));
    }

    /// <summary>Takes no more connections, lets the open ones send what waits, then ends them all. Returns soon after the linger at the latest.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _closed = true;
            // Whoever comes later waits for the same end.
            _closing ??= Task.Run(CloseAsync);
            return new ValueTask(_closing);
        }
    }

    void IListenerOwner.Accepted(ITransportListener listener, ITransportLink link) => Begin(link, listener.Endpoint, isOutgoing: false, tag: null);

    void IListenerOwner.AcceptFailed(ITransportListener listener, Exception reason) => LogAcceptFailed(reason, listener.Endpoint);

    /// <summary>A handshake is done. On the loop of the connection.</summary>
    internal void Joined(ZmtpConnection connection)
    {
        lock (_lock)
        {
            _halfOpen.Remove(connection);
            _open.Add(connection);
        }

        if (_closed)
        {
            connection.Fail(SocketClosed);
        }

        _owner.Joined(connection);
    }

    internal Allowance Allow(ZmtpConnection connection) => _owner.Allow(connection);

    internal void Received(ZmtpConnection connection, in Region messages) => _owner.Received(connection, messages);

    /// <summary>On the loop of the connection, or where it failed before it had begun.</summary>
    internal void Ended(ZmtpConnection connection, bool wasOpen, string reason)
    {
        lock (_lock)
        {
            _halfOpen.Remove(connection);
            _open.Remove(connection);
        }

        if (wasOpen)
        {
            _owner.Left(connection, reason);
            return;
        }

        LogHandshakeFailed(connection.Remote, reason);
        _owner.HandshakeFailed(connection.Endpoint, reason);
    }

    private const string SocketClosed = "the socket is closed";

    private ZmtpConnection Begin(ITransportLink link, string endpoint, bool isOutgoing, object? tag)
    {
        var connection = new ZmtpConnection(link, _settings, endpoint, this, _time, _logger) { IsOutgoing = isOutgoing, Tag = tag };
        ZmtpConnection? displaced;
        bool closed;
        lock (_lock)
        {
            displaced = _halfOpen.Add(connection);
            closed = _closed;
        }

        // The oldest goes: whoever means it is through in a round trip, so a flood of silent ones displaces itself.
        displaced?.Fail("too many connections have not made themselves known; the oldest went");
        if (closed)
        {
            connection.Fail(SocketClosed);
        }

        connection.Start();
        return connection;
    }

    private async Task CloseAsync()
    {
        var linger = _settings.Linger;
        List<ITransportListener> listeners;
        List<ZmtpConnection> open;
        List<ZmtpConnection> halfOpen;
        List<Task> dials;
        lock (_lock)
        {
            listeners = [.. _listeners.Values];
            _listeners.Clear();
            halfOpen = [.. _halfOpen.All];
            open = [.. _open];
            dials = [.. _dials.Values];
        }

        var unbound = listeners.Select(static listener => listener.DisposeAsync().AsTask()).ToList();
        await _stop.CancelAsync().ConfigureAwait(false);
        halfOpen.ForEach(static connection => connection.Fail(SocketClosed));
        await Task.WhenAll(open.Select(connection => connection.CloseAsync(SocketClosed, linger))).ConfigureAwait(false);
        Task[] rest = [.. unbound, .. open.Select(static connection => connection.Ended), .. halfOpen.Select(static connection => connection.Ended), .. dials];
        try
        {
            // What is left runs code of the owner, which a bound keeps from holding us.
            await Task.WhenAll(rest).WaitAsync(linger + TimeSpan.FromSeconds(1), _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogStuck(rest.Count(static task => !task.IsCompleted));
        }

        _stop.Dispose();
    }

    [LoggerMessage(10, LogLevel.Warning, "Accepting on {Endpoint} failed")]
    private partial void LogAcceptFailed(Exception exception, string endpoint);

    [LoggerMessage(11, LogLevel.Information, "The handshake with {Remote} failed: {Reason}")]
    private partial void LogHandshakeFailed(string remote, string reason);

    [LoggerMessage(12, LogLevel.Error, "Closed with {Count} connections that do not end: a handler blocks")]
    private partial void LogStuck(int count);
}
