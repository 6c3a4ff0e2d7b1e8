using System.Net.Sockets;

namespace Iarnet.Store.Transfer;

/// <summary>
/// Connections to servers: made when needed, kept for a while when not. How many are in use is bounded by who uses it. Thread-safe.
/// </summary>
internal sealed class ConnectionPool : IDisposable
{
    private readonly ObjectFetcherOptions _options;
    private readonly byte[] _token;
    private readonly StallWatch _watch;
    private readonly ITimer _timer;
    private readonly Dictionary<string, List<TransferConnection>> _idle = new(StringComparer.Ordinal);
    private bool _disposed;

    public ConnectionPool(ObjectFetcherOptions options, TimeProvider time)
    {
        _options = options;
        _token = Token.Bytes(options.Token);
        _watch = new StallWatch(time, options.ConnectTimeout < options.StallTimeout ? options.ConnectTimeout : options.StallTimeout);
        var period = options.IdleTimeout / 2;
        _timer = time.CreateTimer(static pool => ((ConnectionPool)pool!).CloseIdle(), this, period, period);
    }

    public int Open => _watch.Count;

    /// <summary>A connection that has said hello.</summary>
    /// <exception cref="TransferBrokenException">The server cannot be reached, or does not speak this protocol.</exception>
    /// <exception cref="TransferRefusedException">It does not want us.</exception>
    public async ValueTask<TransferConnection> RentAsync(string endpoint, CancellationToken cancellationToken)
    {
        while (TakeIdle(endpoint) is { } kept)
        {
            if (kept.IsQuiet)
            {
                return kept;
            }

            kept.Dispose();
        }

        var connection = await ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false);
        await using var canceled = cancellationToken.UnsafeRegister(static c => ((TransferConnection)c!).Dispose(), connection).ConfigureAwait(false);
        try
        {
            connection.Arm(_options.ConnectTimeout);
            await connection.SendAsync(FrameKind.Hello, 0, WriteHello(connection.BodyOut(512))).ConfigureAwait(false);
            await ReadWelcomeAsync(connection).ConfigureAwait(false);
            connection.Disarm();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Gives back a connection on which nothing is under way.</summary>
    public void Return(TransferConnection connection)
    {
        connection.Disarm();
        lock (_idle)
        {
            if (!_disposed && !connection.IsDisposed)
            {
                if (!_idle.TryGetValue(connection.Peer, out var kept))
                {
                    _idle.Add(connection.Peer, kept = []);
                }

                if (kept.Count < _options.IdleConnections)
                {
                    connection.LastUsed = _watch.Time.GetTimestamp();
                    kept.Add(connection);
                    return;
                }
            }
        }

        connection.Dispose();
    }

    public void Dispose()
    {
        List<TransferConnection> all;
        lock (_idle)
        {
            _disposed = true;
            all = [.. _idle.Values.SelectMany(c => c)];
            _idle.Clear();
        }

        all.ForEach(c => c.Dispose());
        _timer.Dispose();
        _watch.Dispose();
    }

    private TransferConnection? TakeIdle(string endpoint)
    {
        lock (_idle)
        {
            if (!_idle.TryGetValue(endpoint, out var kept))
            {
                return null;
            }

            var last = kept[^1];
            kept.RemoveAt(kept.Count - 1);
            if (kept.Count == 0)
            {
                _idle.Remove(endpoint);
            }

            return last;
        }
    }

    private void CloseIdle()
    {
        List<TransferConnection> due = [];
        lock (_idle)
        {
            foreach (var (endpoint, kept) in _idle)
            {
                due.AddRange(kept.Where(c => _watch.Time.GetElapsedTime(c.LastUsed) >= _options.IdleTimeout));
                kept.RemoveAll(due.Contains);
                if (kept.Count == 0)
                {
                    _idle.Remove(endpoint);
                }
            }
        }

        due.ForEach(c => c.Dispose());
    }

    private async ValueTask<TransferConnection> ConnectAsync(string endpoint, CancellationToken cancellationToken)
    {
        if (!TransferEndpoint.TryParse(endpoint, out var parsed))
        {
            throw new TransferBrokenException($"'{endpoint}' is no endpoint of a transfer server: expected tcp://host:port or unix:///path.");
        }

        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _watch.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        Socket? socket = null;
        try
        {
            var address = await parsed.ResolveAsync(either.Token).ConfigureAwait(false);
            socket = parsed.NewSocket(address);
            await socket.ConnectAsync(address, either.Token).ConfigureAwait(false);
            return new TransferConnection(socket, endpoint, _watch);
        }
        catch (Exception e)
        {
            socket?.Dispose();
            throw e switch
            {
                OperationCanceledException when cancellationToken.IsCancellationRequested => new OperationCanceledException(cancellationToken),
                OperationCanceledException => new TransferBrokenException($"{endpoint} did not answer for {_options.ConnectTimeout.TotalSeconds:0.###} s.", e),
                _ => new TransferBrokenException($"{endpoint} cannot be connected to: {e.Message}", e),
            };
        }
    }

    private int WriteHello(Span<byte> to)
    {
        var body = new BodyWriter(to);
        body.UInt32(TransferLimits.Magic);
        body.UInt16(TransferLimits.Version);
        body.Bytes(_token);
        return body.Length;
    }

    private static async ValueTask ReadWelcomeAsync(TransferConnection connection)
    {
        var (header, bytes) = await Answer.ReceiveAsync(connection, 0, FrameKind.Welcome).ConfigureAwait(false);
        Check(header, bytes.Span);

        static void Check(FrameHeader header, ReadOnlySpan<byte> bytes)
        {
            var body = new BodyReader(bytes);
            if (body.UInt32() != TransferLimits.Magic || body.UInt16() != TransferLimits.Version || body.UInt32() != TransferLimits.ChunkBytes)
            {
                throw new TransferProtocolException($"A server's {header.Kind} is not of version {TransferLimits.Version} of the protocol.");
            }

            body.End();
        }
    }
}
