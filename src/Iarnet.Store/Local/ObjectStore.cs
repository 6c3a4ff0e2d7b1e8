using System.Runtime.Versioning;
using System.Security.Cryptography;
using Iarnet.Objects;
using Iarnet.Store.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet.Store;

/// <summary>
/// The object store of a node: immutable bytes with a codec under a reference, in the memory of this process and in shared memory.
/// Thread-safe. An object lives as long as an owner has a reference to it, and its memory as long as, besides, somebody has it leased.
/// </summary>
/// <remarks>
/// One lock guards the index and is never held while bytes are copied, files are made or anything is waited for.
/// </remarks>
public sealed partial class ObjectStore : IObjectStore, ILeaseIssuer, IAsyncDisposable
{
    private readonly ObjectStoreOptions _options;
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectId, StoredObject> _objects = [];
    private readonly Dictionary<string, Owner> _owners = new(StringComparer.Ordinal);
    private readonly HashSet<StoredObject> _pinnedOnly = [];
    private readonly StoreMetrics _metrics;
    private long _leases;
    private bool _closed;

    private ObjectStore(ObjectStoreOptions options, TimeProvider time, ILogger log)
    {
        _options = options;
        Source = options.Source ?? NodeId.New().Value;
        Allocator = new BlockAllocator(options, options.MemoryLimit ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4, time, log);
        Probe = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        _metrics = new StoreMetrics(this);
    }

    /// <inheritdoc/>
    public string Source { get; }

    /// <summary>The folder of the segments; null when there is no shared memory.</summary>
    public string? SegmentFolder => _options.SegmentFolder;

    /// <summary>The largest object that the store takes, in bytes.</summary>
    public long MaxObjectBytes => _options.MaxObjectBytes;

    /// <summary>Figures of this moment.</summary>
    public StoreStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                return new StoreStatistics(
                    _objects.Count, Allocator.Used, Allocator.Shared, Allocator.Idle, Allocator.Limit, _leases, _owners.Values.Sum(o => (long)o.UnfinishedCount));
            }
        }
    }

    internal BlockAllocator Allocator { get; }

    internal ObjectStoreOptions Options => _options;

    /// <summary>What a client on the same host can read in the segment folder.</summary>
    internal string Probe { get; }

    /// <summary>Opens an empty store.</summary>
    /// <param name="options">Its set-up; null for the defaults: no shared memory, a quarter of the machine's memory.</param>
    /// <param name="time">The clock of the wait for room; null for the system's.</param>
    /// <param name="logs">Where it logs; null for nowhere.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="PlatformNotSupportedException">A segment folder was given on a system other than Linux.</exception>
    /// <exception cref="IarnetException">The segment folder cannot be made or belongs to another store.</exception>
    public static ValueTask<ObjectStore> OpenAsync(
        ObjectStoreOptions? options = null, TimeProvider? time = null, ILoggerFactory? logs = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var store = new ObjectStore((options ?? new ObjectStoreOptions()).Validated(), time ?? TimeProvider.System,
            (logs ?? NullLoggerFactory.Instance).CreateLogger<ObjectStore>());
        if (store.SegmentFolder is { } folder)
        {
            if (!OperatingSystem.IsLinux())
            {
                throw new PlatformNotSupportedException($"Shared memory in '{folder}' is built on Linux only. Leave {nameof(ObjectStoreOptions.SegmentFolder)} null here.");
            }

            OpenFolder(folder, store.Probe);
        }

        return ValueTask.FromResult(store);
    }

    /// <summary>This store as seen by another owner: what is put through the view belongs to that owner.</summary>
    public IObjectStore ForOwner(string owner) => new OwnerView(this, owner);

    /// <summary>Whether an object is there.</summary>
    public bool Contains(ObjectRef reference) => Stat(reference) is not null;

    /// <summary>What the store knows of an object; null when it is not there.</summary>
    public ObjectInfo? Stat(ObjectRef reference)
    {
        lock (_lock)
        {
            return reference.Source == Source && _objects.TryGetValue(reference.Id, out var found)
                ? new ObjectInfo(found.Codec, found.Size, found.References, found.Pins, found.Block.File is not null)
                : null;
        }
    }

    /// <summary>
    /// Drops every object and deletes the segment files at once; memory that is leased stays readable until its lease is disposed.
    /// Puts that wait for room end with their own bounded wait.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        Owner[] owners;
        StoredObject[] objects;
        lock (_lock)
        {
            if (_closed)
            {
                return ValueTask.CompletedTask;
            }

            _closed = true;
            owners = [.. _owners.Values];
            objects = [.. _objects.Values, .. _pinnedOnly];
        }

        foreach (var owner in owners)
        {
            ReleaseOwner(owner.Name);
        }

        Allocator.Close();
        if (SegmentFolder is { } folder)
        {
            CloseFolder(folder, objects);
        }

        _metrics.Dispose();
        return ValueTask.CompletedTask;
    }

    internal void CheckSize(long size)
    {
        if (size > MaxObjectBytes)
        {
            throw new MessageTooLargeException($"An object of {size} bytes is larger than the store takes, which is {MaxObjectBytes}: split it.");
        }
    }

    [SupportedOSPlatform("linux")]
    private static void OpenFolder(string folder, string probe)
    {
        var path = Path.Combine(folder, SegmentFolderLayout.ProbeFile);
        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            file.Write(System.Text.Encoding.ASCII.GetBytes(probe));
        }
        catch (IOException error) when (File.Exists(path))
        {
            throw new IarnetException($"The segment folder '{folder}' belongs to another store, or one that was killed left it: give each store its own, and remove those of the dead.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IarnetException($"The segment folder '{folder}' cannot be made: {error.Message}", error);
        }
    }

    private static void CloseFolder(string folder, StoredObject[] objects)
    {
        try
        {
            foreach (var item in objects)
            {
                // Still leased: its mapping lives on without the name.
                (item.Block as SharedBlock)?.Unlink();
            }

            File.Delete(Path.Combine(folder, SegmentFolderLayout.ProbeFile));
            if (!Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The host removed the folder already, or something that is not ours lies in it.
        }
    }
}
