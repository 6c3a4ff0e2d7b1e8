using Iarnet.Bus.Transport;
using Microsoft.Extensions.Logging;

namespace Iarnet.Bus.Connections;

/// <summary>
/// Everything that listens, connects and is connected for one socket. A connection becomes its owner's after the handshake;
/// until then it counts as half open, and of those there are only so many.
/// </summary>
internal sealed partial class ConnectionHub : IAsyncDisposable
{
    private readonly ConnectionSettings _settings;
    private readonly IConnectionOwner _owner;
    private readonly ITransport _transport;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SeededRandom _random = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<ITransportListener> _listeners = [];
    private readonly LinkedList<ZmtpConnection> _halfOpen = new();
    private readonly HashSet<ZmtpConnection> _open = [];
    private readonly HashSet<Task> _tasks = [];
    private Task? _closing;
    private volatile bool _closed;

    public ConnectionHub(ConnectionSettings settings, IConnectionOwner owner, ITransport transport, TimeProvider time, ILogger logger)
    {
        _settings = settings;
        _owner = owner;
        _transport = transport;
        _time = time;
        _logger = logger;
    }

    /// <summary>The endpoints that are listened on, as bound.</summary>
    public IReadOnlyList<string> Endpoints
    {
        get
        {
            lock (_lock)
            {
                return [.. _listeners.Select(static listener => listener.Endpoint)];
            }
        }
    }

    public string Bind(string endpoint)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        var listener = _transport.Listen(BusEndpoint.Parse(endpoint));
        lock (_lock)
        {
            if (_closed)
            {
                listener.Dispose();
                ObjectDisposedException.ThrowIf(_closed, this);
            }

            _listeners.Add(listener);
        }

        Track(AcceptAsync(listener));
        return listener.Endpoint;
    }

    /// <summary>Keeps a connection to the endpoint; each one carries the tag.</summary>
    public void Connect(string endpoint, object? tag = null)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        var parsed = BusEndpoint.Parse(endpoint);
        Track(KeepConnectedAsync(parsed, tag));
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

    private async Task CloseAsync()
    {
        var linger = _settings.Linger;
        List<ZmtpConnection> open;
        lock (_lock)
        {
            foreach (var listener in _listeners)
            {
                listener.Dispose();
            }

            foreach (var connection in _halfOpen)
            {
                connection.Fail("the socket is closed");
            }

            open = [.. _open];
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(open.Select(connection => connection.CloseAsync("the socket is closed", linger))).ConfigureAwait(false);
        Task[] rest;
        lock (_lock)
        {
            rest = [.. _tasks];
        }

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

    private async Task AcceptAsync(ITransportListener listener)
    {
        while (!_closed)
        {
            ITransportLink link;
            try
            {
                link = await listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (Exception e)
            {
                // Out of file descriptors, or a peer that was gone before it was accepted: the next one may do better.
                if (_closed)
                {
                    return;
                }

                LogAcceptFailed(e, listener.Endpoint);
                if (!await PauseAsync(_settings.ReconnectDelay).ConfigureAwait(false))
                {
                    return;
                }

                continue;
            }

            Track(ServeAsync(link, listener.Endpoint));
        }
    }

    private async Task ServeAsync(ITransportLink link, string endpoint)
    {
        var connection = new ZmtpConnection(link, _settings, endpoint, _time, _logger);
        var problem = await HandshakeAsync(connection).ConfigureAwait(false);
        if (problem is not null)
        {
            LogHandshakeFailed(connection.Remote, problem);
            _owner.HandshakeFailed(endpoint, problem);
            return;
        }

        await RunAsync(connection).ConfigureAwait(false);
    }

    private async Task<string?> HandshakeAsync(ZmtpConnection connection)
    {
        ZmtpConnection? displaced = null;
        LinkedListNode<ZmtpConnection> place;
        lock (_lock)
        {
            place = _halfOpen.AddLast(connection);
            if (_closed)
            {
                displaced = connection;
            }
            else if (_halfOpen.Count > _settings.MaxHalfOpen)
            {
                displaced = _halfOpen.First!.Value;
                _halfOpen.RemoveFirst();
            }
        }

        // The oldest goes: whoever means it is through in a round trip, so a flood of silent ones displaces itself.
        displaced?.Fail($"more than {_settings.MaxHalfOpen} connections have not made themselves known; the oldest went");
        try
        {
            return await connection.HandshakeAsync().ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                if (place.List is not null)
                {
                    _halfOpen.Remove(place);
                }
            }
        }
    }

    private async Task RunAsync(ZmtpConnection connection)
    {
        lock (_lock)
        {
            if (!_closed)
            {
                _open.Add(connection);
            }
            else
            {
                connection.Fail("the socket is closed");
            }
        }

        await connection.RunAsync(_owner).ConfigureAwait(false);
        lock (_lock)
        {
            _open.Remove(connection);
        }
    }

    private void Track(Task task)
    {
        lock (_lock)
        {
            _tasks.Add(task);
        }

        _ = task.ContinueWith(
            static (done, state) =>
            {
                var hub = (ConnectionHub)state!;
                lock (hub._lock)
                {
                    hub._tasks.Remove(done);
                }
            },
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    [LoggerMessage(10, LogLevel.Warning, "Accepting on {Endpoint} failed")]
    private partial void LogAcceptFailed(Exception exception, string endpoint);

    [LoggerMessage(11, LogLevel.Information, "The handshake with {Remote} failed: {Reason}")]
    private partial void LogHandshakeFailed(string remote, string reason);

    [LoggerMessage(12, LogLevel.Error, "Closed with {Count} connection tasks that do not end: a handler blocks")]
    private partial void LogStuck(int count);
}
