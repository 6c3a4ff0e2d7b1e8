using System.Security.Cryptography;
using Iarnet.Store.Index;
using Iarnet.Store.Link;
using Iarnet.Store.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet.Store;

/// <summary>
/// The object store of a node: immutable bytes with a codec under a reference, in memory that the processes of the host may share.
/// Thread-safe. An object lives as long as an owner has a reference to it, and its memory as long as, besides, somebody has it leased.
/// </summary>
/// <remarks>
/// One lock guards what changes the index; it is never held while bytes are copied or anything is waited for. Reading an object takes no lock.
/// </remarks>
public sealed partial class ObjectStore : IObjectStore, ILeaseIssuer, IAsyncDisposable
{
    private readonly ObjectStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private readonly Pool _pool;
    private readonly Room _room;
    private readonly ObjectIndex _index;
    private readonly IndexReader _reader;
    private readonly OwnerTable _owners = new();
    private readonly Holdings _holdings = new();
    private readonly Dictionary<int, Extras> _extras = [];
    private readonly StoreMetrics _metrics;
    private readonly StoreFolder? _folder;
    private readonly long _watermark;
    private LinkServer? _links;
    private ObjectFetcher? _fetcher;
    private volatile bool _closed;

    private ObjectStore(ObjectStoreOptions options, StoreFolder? folder, string probe, TimeProvider time, ILogger log)
    {
        _options = options;
        _folder = folder;
        _time = time;
        _log = log;
        Source = options.Source ?? NodeId.New().Value;
        Probe = probe;
        var limit = options.MemoryLimit ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;
        var layout = new IndexLayout(options.MaxObjects);

        // Several times the addresses, so that what is free hardly ever lies in pieces that are all too short.
        var addresses = Math.Max(4 * limit, 64 << 20);
        var (pool, index) = OperatingSystem.IsLinux() && options.SegmentFolder is { } path
            ? Share(path, addresses, layout.Length)
            : (Pages.Private(addresses), Pages.Private(layout.Length));
        _pool = new Pool(pool, limit, options.IdleBytes ?? Math.Min(1L << 30, limit / 4));
        _room = new Room(_pool, options.SegmentFolder is { } shared ? $"'{shared}'" : "memory", options.FullWait, time) { Pressed = Relieve, Blame = Blame };
        _index = new ObjectIndex(index, layout);
        _reader = _index.Reader;
        _watermark = (long)(limit * options.SpillFrom);
        _expiry = time.CreateTimer(static store => ((ObjectStore)store!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _metrics = new StoreMetrics(this);
    }

    /// <inheritdoc/>
    public string Source { get; }

    /// <summary>The folder through which other processes share the memory; null when none do.</summary>
    public string? SegmentFolder => _options.SegmentFolder;

    /// <summary>The largest object that the store takes, in bytes.</summary>
    public long MaxObjectBytes => _options.MaxObjectBytes;

    internal ObjectStoreOptions Options => _options;

    internal Pool Pool => _pool;

    /// <summary>What a client on the same host can read in the segment folder.</summary>
    internal string Probe { get; }

    /// <summary>Opens an empty store.</summary>
    /// <param name="options">Its set-up; null for the defaults: no shared memory, a quarter of the machine's memory.</param>
    /// <param name="time">The clock of waits and expiry; null for the system's.</param>
    /// <param name="logs">Where it logs; null for nowhere.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="PlatformNotSupportedException">A segment folder was given on a system other than Linux.</exception>
    /// <exception cref="IarnetException">The segment folder cannot be made or belongs to another store.</exception>
    public static async ValueTask<ObjectStore> OpenAsync(
        ObjectStoreOptions? options = null, TimeProvider? time = null, ILoggerFactory? logs = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        options = (options ?? new ObjectStoreOptions()).Validated();
        var probe = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var folder = await ShareAsync(options, probe, cancellationToken).ConfigureAwait(false);
        ObjectStore store;
        try
        {
            store = new ObjectStore(options, folder, probe, time ?? TimeProvider.System, (logs ?? NullLoggerFactory.Instance).CreateLogger<ObjectStore>());
        }
        catch
        {
            folder?.Close();
            throw;
        }

        try
        {
            store.OpenDisk();
            store.StartFetching(logs);
            store.Listen();
            store._relieving = store.CanRelieve ? store.RelieveAsync() : Task.CompletedTask;
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return store;
    }

    /// <summary>This store as seen by another owner: what is put through the view belongs to that owner.</summary>
    public IObjectStore ForOwner(string owner) => new OwnerView(this, owner);

    /// <summary>
    /// Drops every object and deletes the shared files at once; memory that is leased stays readable until its lease is disposed.
    /// Puts that wait for room end with their own bounded wait.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Owner[] owners;
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            owners = [.. _owners.All];
        }

        FailWaiters();
        if (OperatingSystem.IsLinux() && _links is { } links)
        {
            await links.DisposeAsync().ConfigureAwait(false);
        }

        if (_fetcher is { } fetcher)
        {
            await fetcher.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var owner in owners)
        {
            ReleaseOwner(owner.Name);
        }

        _pressed.Release();
        await _relieving.ConfigureAwait(false);
        await CloseDiskAsync().ConfigureAwait(false);
        _folder?.Close();
        _pool.Trim();
        _expiry.Dispose();
        _metrics.Dispose();
    }

    internal void CheckSize(long size)
    {
        if (size > MaxObjectBytes)
        {
            throw new MessageTooLargeException($"An object of {size} bytes is larger than the store takes, which is {MaxObjectBytes}: split it.");
        }
    }

    private void Listen()
    {
        if (OperatingSystem.IsLinux() && SegmentFolder is { } folder)
        {
            _links = new LinkServer(this, folder, _log);
        }
    }

    private static async ValueTask<StoreFolder?> ShareAsync(ObjectStoreOptions options, string probe, CancellationToken cancellationToken)
    {
        if (options.SegmentFolder is not { } folder)
        {
            return null;
        }

        return OperatingSystem.IsLinux()
            ? await StoreFolder.OpenAsync(folder, probe, cancellationToken).ConfigureAwait(false)
            : throw new PlatformNotSupportedException($"Shared memory in '{folder}' is built on Linux only. Leave {nameof(ObjectStoreOptions.SegmentFolder)} null here.");
    }

    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    private static (Pages Pool, Pages Index) Share(string folder, long pool, long index) =>
        (FilePages.Create(Path.Combine(folder, StoreFolder.Pool), pool), FilePages.Create(Path.Combine(folder, StoreFolder.Index), index));
}
