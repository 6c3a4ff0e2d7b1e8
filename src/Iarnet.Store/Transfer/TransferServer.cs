using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Iarnet.Store.Transfer;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet.Store;

/// <summary>
/// Serves the objects of a store to other hosts over its own binary protocol (docs/protocol/store-transfer.md): from the store's memory to the socket
/// without a copy, checksummed, and also while they still arrive here. Thread-safe.
/// </summary>
public sealed partial class TransferServer : IAsyncDisposable
{
    private const int MostTurnedAway = 16;

    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(5);

    private readonly ITransferSource _source;
    private readonly ObjectFetcher? _fetcher;
    private readonly TransferServerOptions _options;
    private readonly byte[] _token;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly StallWatch _watch;
    private readonly HolderBoard _board;
    private readonly ChecksumCache _checksums;
    private readonly TransferMetrics _metrics;
    private readonly CancellationTokenSource _closing = new();
    private readonly List<TransferListener> _listeners = [];
    private readonly List<Task> _accepting = [];
    private readonly ConcurrentDictionary<TransferConnection, Task> _serving = new();
    private long _reads;
    private long _sentBytes;
    private long _redirects;
    private long _refused;
    private int _disposed;

    private TransferServer(ITransferSource source, ObjectFetcher? fetcher, TransferServerOptions options, TimeProvider time, ILogger log)
    {
        _source = source;
        _fetcher = fetcher;
        _options = options;
        _token = Token.Bytes(options.Token);
        _time = time;
        _log = log;
        _watch = new StallWatch(time, options.HelloTimeout < options.StallTimeout ? options.HelloTimeout : options.StallTimeout);
        _board = new HolderBoard(time, options);
        _checksums = fetcher?.Checksums ?? new ChecksumCache(ObjectFetcher.MostChecksums);
        _metrics = new TransferMetrics(this);
    }

    /// <summary>Where it listens, with the ports that were chosen.</summary>
    public IReadOnlyList<string> Endpoints { get; private set; } = [];

    /// <summary>Where other machines find it; null when it listens on every address and was not told which to name.</summary>
    public string? Advertised { get; private set; }

    /// <summary>What it has done so far.</summary>
    public TransferStatistics Statistics => new(_watch.Count, Interlocked.Read(ref _reads), Interlocked.Read(ref _sentBytes), Interlocked.Read(ref _redirects), Interlocked.Read(ref _refused));

    /// <summary>Opens a server.</summary>
    /// <param name="source">What it serves.</param>
    /// <param name="fetcher">If there is one, what it is still fetching is served too, and it tells sources of this server.</param>
    /// <param name="options">How it listens.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where it logs.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="ArgumentException">An option is not valid.</exception>
    /// <exception cref="SocketException">An endpoint cannot be listened on.</exception>
    internal static async ValueTask<TransferServer> StartAsync(
        ITransferSource source, ObjectFetcher? fetcher = null, TransferServerOptions? options = null, TimeProvider? time = null, ILoggerFactory? logs = null, CancellationToken cancellationToken = default)
    {
        var server = new TransferServer(source, fetcher, (options ?? new TransferServerOptions()).Validated(), time ?? TimeProvider.System,
            (logs ?? NullLoggerFactory.Instance).CreateLogger<TransferServer>());
        try
        {
            await server.ListenAsync(cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops listening and ends every connection. Returns within 5 s.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _fetcher?.Advertise(null);
        await _closing.CancelAsync().ConfigureAwait(false);
        foreach (var listener in _listeners)
        {
            listener.Dispose();
        }

        await Task.WhenAll(_accepting).ConfigureAwait(false);
        foreach (var connection in _serving.Keys)
        {
            connection.Dispose();
        }

        try
        {
            await Task.WhenAll(_serving.Values).WaitAsync(ClosingTime, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _log.ClosingTookTooLong(_serving.Count);
        }

        _watch.Dispose();
        _metrics.Dispose();
    }

    private async ValueTask ListenAsync(CancellationToken cancellationToken)
    {
        foreach (var endpoint in _options.Endpoints)
        {
            _listeners.Add(await TransferListener.OpenAsync(TransferEndpoint.Parse(endpoint), cancellationToken).ConfigureAwait(false));
        }

        Endpoints = [.. _listeners.Select(l => l.Endpoint.ToString())];
        Advertised = _options.Advertise ?? _listeners.Find(l => !l.IsEveryAddress)?.Endpoint.ToString();
        _fetcher?.Advertise(Advertised);
        _accepting.AddRange(_listeners.Select(AcceptAsync));
    }

    private async Task AcceptAsync(TransferListener listener)
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.Socket.AcceptAsync(_closing.Token).ConfigureAwait(false);
                Take(socket, listener);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of file descriptors, or a peer that was gone before it was taken: a pause, so that neither becomes a busy loop.
                _log.AcceptFailed(e, listener.Endpoint.ToString());
                await Task.Delay(TimeSpan.FromMilliseconds(50), _time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Take(Socket socket, TransferListener listener)
    {
        // A few above the limit are told why; whoever comes then finds the door shut.
        var serving = _serving.Count;
        if (serving >= _options.MaxConnections + MostTurnedAway)
        {
            Interlocked.Increment(ref _refused);
            socket.Dispose();
            return;
        }

        TransferConnection connection;
        try
        {
            if (!listener.Endpoint.IsUnix)
            {
                socket.NoDelay = true;
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            }

            connection = new TransferConnection(socket, socket.RemoteEndPoint is IPEndPoint remote ? remote.ToString() : "a process of this machine", _watch);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            socket.Dispose();
            return;
        }

        // Entered before it runs: it takes itself out when it ends.
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _serving[connection] = ServeAsync(connection, gate.Task, serving >= _options.MaxConnections);
        gate.SetResult();
    }
}
