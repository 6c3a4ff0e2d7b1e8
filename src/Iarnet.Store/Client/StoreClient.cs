using System.Runtime.Versioning;
using Iarnet.Rpc;
using Iarnet.Store.Client;
using Iarnet.Store.Memory;
using Iarnet.Store.Service;
using Iarnet.Store.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet.Store;

/// <summary>
/// A store in another process. On the same host objects are read where they lie, without asking the store, and written there; otherwise their
/// bytes travel in chunks.
/// Thread-safe. When the store cannot be reached, calls fail with <see cref="StoreUnavailableException"/> and later ones try again: the client
/// object outlives any of it.
/// </summary>
public sealed partial class StoreClient : IObjectStore, IAsyncDisposable
{
    // Where the folder is for all stores of this process, in a container where it is mounted elsewhere.
    private const string FolderVariable = "IARNET_SEGMENT_FOLDER";

    // Large objects come faster when the store need not wait for each piece to be taken.
    private const int StreamWindow = 8 << 20;

    private readonly StoreClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly string _target;
    private readonly IAsyncDisposable? _ownChannel;
    private readonly CallInvoker _invoker;
    private readonly Wire.ObjectStore.ObjectStoreClient _rpc;
    private readonly SemaphoreSlim _greeting = new(1);
    private readonly Metadata? _headers;
    private volatile StoreFacts? _facts;
    private string _source = "";
    private int _closed;

    private StoreClient(ChannelBase channel, IAsyncDisposable? ownChannel, StoreClientOptions options, TimeProvider? time, ILoggerFactory? logs)
    {
        _options = options.Validated();
        _time = time ?? TimeProvider.System;
        _log = (logs ?? NullLoggerFactory.Instance).CreateLogger<StoreClient>();
        _target = channel.Target;
        _headers = _options.AccessToken is { } token ? [new Metadata.Entry(StoreRpc.Authorization, StoreRpc.Bearer + token)] : null;
        _ownChannel = ownChannel;
        _invoker = channel.CreateCallInvoker();
        _rpc = new Wire.ObjectStore.ObjectStoreClient(_invoker);
        _returning = ReturnLoopAsync();
    }

    /// <inheritdoc/>
    public string Source => _source;

    /// <summary>Whether bytes go through shared memory: the store is on this host and its segments can be seen here.</summary>
    public bool IsSameHost => Link is not null;

    private LinkClient? Link => _facts?.Link is { IsOver: false } link ? link : null;

    /// <summary>Connects to a store.</summary>
    /// <param name="address">"unix:///path", "http://host:port" or "https://host:port".</param>
    /// <param name="options">At least the owner.</param>
    /// <param name="time">The clock of timeouts; null for the system's.</param>
    /// <param name="logs">Where it logs; null for nowhere.</param>
    /// <param name="cancellationToken">Ends the connecting.</param>
    /// <exception cref="StoreUnavailableException">Nobody answers there.</exception>
    /// <exception cref="ArgumentException">The address or an option has no valid form.</exception>
    public static ValueTask<StoreClient> ConnectAsync(
        string address, StoreClientOptions options, TimeProvider? time = null, ILoggerFactory? logs = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var channel = RpcChannel.ForAddress(address, new RpcChannelOptions { StreamWindow = StreamWindow });
        return GreetedAsync(new StoreClient(channel, channel, options, time, logs), cancellationToken);
    }

    /// <summary>Connects to a store over a channel, which stays the caller's to dispose, after the client.</summary>
    /// <inheritdoc cref="ConnectAsync(string, StoreClientOptions, TimeProvider?, ILoggerFactory?, CancellationToken)"/>
    public static ValueTask<StoreClient> ConnectAsync(
        ChannelBase channel, StoreClientOptions options, TimeProvider? time = null, ILoggerFactory? logs = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(options);
        return GreetedAsync(new StoreClient(channel, null, options, time, logs), cancellationToken);
    }

    /// <summary>
    /// Gives back released references and leases that were not sent yet, for at most the time of one call, and closes. Memory that is leased stays
    /// readable until its lease is disposed; the store takes the lease back with the owner.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        await _ending.CancelAsync().ConfigureAwait(false);
        await StopReturningAsync().ConfigureAwait(false);
        _facts?.Link?.Dispose();
        if (_ownChannel is not null)
        {
            await _ownChannel.DisposeAsync().ConfigureAwait(false);
        }

        _greeting.Dispose();
        _ending.Dispose();
    }

    private static async ValueTask<StoreClient> GreetedAsync(StoreClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.FactsAsync(cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private ValueTask<StoreFacts> FactsAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_closed != 0, this);
        return _facts is { Link: null or { IsOver: false } } known ? ValueTask.FromResult(known) : GreetAsync(cancellationToken);
    }

    private async ValueTask<StoreFacts> GreetAsync(CancellationToken cancellationToken)
    {
        await _greeting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_facts is { Link: null or { IsOver: false } } known)
            {
                return known;
            }

            var hello = await CallAsync(_rpc.HelloAsync(new HelloRequest { Owner = _options.Owner }, Options(cancellationToken)).ResponseAsync, cancellationToken)
                .ConfigureAwait(false);
            var link = OperatingSystem.IsLinux() ? await LinkAsync(hello, cancellationToken).ConfigureAwait(false) : null;
            var facts = new StoreFacts(
                hello.Source, (long)Math.Min(hello.MaxObjectBytes, (ulong)ObjectStoreOptions.HardMaxObjectBytes), (int)Math.Clamp(hello.MaxChunkBytes, 1024, 3 << 20), link);
            _source = facts.Source;
            return _facts = facts;
        }
        finally
        {
            _greeting.Release();
        }
    }

    [SupportedOSPlatform("linux")]
    private async ValueTask<LinkClient?> LinkAsync(HelloResponse hello, CancellationToken cancellationToken)
    {
        if (VisibleFolder(hello) is not { } folder)
        {
            return null;
        }

        try
        {
            return await LinkClient.ConnectAsync(folder, _options.Owner, _options.OwnerEndsWithClient, _options.CallTimeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            // The folder can be seen and not used: slower, but not lost.
            _log.NotShared(error, folder);
            return null;
        }
    }

    // The same path on another host, or in another container, would have another probe or none.
    private string? VisibleFolder(HelloResponse hello)
    {
        var folder = _options.SegmentFolder ?? Environment.GetEnvironmentVariable(FolderVariable) ?? hello.SegmentFolder;
        if (!_options.UseSharedMemory || hello.SegmentFolder.Length == 0 || hello.Probe.Length is 0 or > 1024)
        {
            return null;
        }

        try
        {
            var path = Path.Combine(folder, StoreFolder.Probe);
            return new FileInfo(path).Length == hello.Probe.Length && File.ReadAllText(path) == hello.Probe ? folder : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private CallOptions Options(CancellationToken cancellationToken) =>
        new(_headers, Deadline: _time.GetUtcNow().UtcDateTime + _options.CallTimeout, CancellationToken: cancellationToken);

    private async Task<T> CallAsync<T>(Task<T> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (RpcException error)
        {
            throw Typed(error, cancellationToken);
        }
    }

    private Exception Typed(RpcException error, CancellationToken cancellationToken)
    {
        if (error.StatusCode == StatusCode.Unavailable)
        {
            // Who answers next may be another store, with another name and folder.
            _facts = null;
        }

        return StoreErrors.ToTyped(error, _target, cancellationToken);
    }
}
