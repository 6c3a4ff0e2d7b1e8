namespace Iarnet.Store;

/// <summary>How a store is set up. Read once, when the store opens.</summary>
public sealed class ObjectStoreOptions
{
    /// <summary>The name of this store in references: the node's id. Default: a new random one.</summary>
    public string? Source { get; set; }

    /// <summary>
    /// Folder for the segments of shared memory, on Linux one under <c>/dev/shm</c>; made if it is not there, and it must not be in use by
    /// another store. Default null: no shared memory, objects of every size lie in this process.
    /// </summary>
    public string? SegmentFolder { get; set; }

    /// <summary>
    /// Most bytes that objects take, with what their blocks waste and with idle memory; the index comes on top. Default null: 25 % of the machine's
    /// memory (or of the container's limit). Shared memory is in any case no more than its file system has free.
    /// </summary>
    public long? MemoryLimit { get; set; }

    /// <summary>Most bytes of released memory that are kept for the next objects. Default null: a quarter of the limit, at most 1 GiB.</summary>
    public long? IdleBytes { get; set; }

    /// <summary>Most objects at a time. 1,024 to 1 billion; default 16 Mi. It costs addresses, not memory.</summary>
    public int MaxObjects { get; set; } = 16 * 1024 * 1024;

    /// <summary>The largest object, in bytes. Default and maximum: 2 GiB - 64 KiB, because one <see cref="Memory{T}"/> spans it.</summary>
    public long MaxObjectBytes { get; set; } = HardMaxObjectBytes;

    /// <summary>How long a put waits for room before it fails with <see cref="StoreFullException"/>. Default 5 s.</summary>
    public TimeSpan FullWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The owner of objects that are put without naming one. Default "host".</summary>
    public string Owner { get; set; } = "host";

    /// <summary>How many bytes the objects of an owner may have together, by its name. Default null: as many as the store has.</summary>
    public Func<string, long>? OwnerQuota { get; set; }

    /// <summary>
    /// Folder that objects are written to which memory has no room for; emptied when the store opens and when it closes, and not shared with another
    /// store. Default null: objects stay in memory.
    /// </summary>
    public string? SpillFolder { get; set; }

    /// <summary>Most bytes in <see cref="SpillFolder"/>. Default null: as many as the disk has.</summary>
    public long? SpillLimit { get; set; }

    /// <summary>From which part of <see cref="MemoryLimit"/> on objects are spilled in the background, before a put has to wait. 0.1 to 1; default 0.85.</summary>
    public double SpillFrom { get; set; } = 0.85;

    /// <summary>Most bytes in <see cref="DurableFolder"/>. Default null: as many as the disk has.</summary>
    public long? DurableLimit { get; set; }

    /// <summary>Where objects of other nodes are fetched from: who knows their endpoints. Default null: references to other nodes lead nowhere.</summary>
    public IStoreDirectory? Directory { get; set; }

    /// <summary>How objects of other nodes are fetched. Default null: the defaults.</summary>
    public ObjectFetcherOptions? Fetching { get; set; }

    /// <summary>Folder of objects that are put as durable, and are there again after a restart. Default null: none can be.</summary>
    public string? DurableFolder { get; set; }

    /// <summary>Most leases that one process may hold which cannot read the index itself. Default 1,000,000.</summary>
    public int MaxLeasesPerLink { get; set; } = 1_000_000;

    /// <summary>Most processes of the host that may be connected at a time. Default 1,024.</summary>
    public int MaxLinks { get; set; } = 1024;

    internal const long HardMaxObjectBytes = (2L << 30) - (64 << 10);

    internal ObjectStoreOptions Validated()
    {
        Check(MemoryLimit is null or > 0, $"{nameof(MemoryLimit)} is {MemoryLimit}: expected a positive number of bytes.");
        Check(IdleBytes is null or >= 0, $"{nameof(IdleBytes)} is {IdleBytes}: expected 0 or more.");
        Check(MaxObjectBytes is > 0 and <= HardMaxObjectBytes, $"{nameof(MaxObjectBytes)} is {MaxObjectBytes}: expected 1 to {HardMaxObjectBytes}.");
        Check(FullWait >= TimeSpan.Zero && FullWait <= TimeSpan.FromDays(1), $"{nameof(FullWait)} is {FullWait}: expected 0 to one day, so that a wait has an end.");
        Check(!string.IsNullOrEmpty(Owner), $"{nameof(Owner)} is empty.");
        Check(MaxObjects is >= 1024 and <= 1_000_000_000, $"{nameof(MaxObjects)} is {MaxObjects}: expected 1,024 to 1,000,000,000.");
        Check(MaxLeasesPerLink > 0, $"{nameof(MaxLeasesPerLink)} is {MaxLeasesPerLink}: expected at least 1.");
        Check(SpillFrom is >= 0.1 and <= 1, $"{nameof(SpillFrom)} is {SpillFrom}: expected 0.1 to 1.");
        Check(SpillLimit is null or > 0, $"{nameof(SpillLimit)} is {SpillLimit}: expected a positive number of bytes.");
        Check(DurableLimit is null or > 0, $"{nameof(DurableLimit)} is {DurableLimit}: expected a positive number of bytes.");
        Check(MaxLinks > 0, $"{nameof(MaxLinks)} is {MaxLinks}: expected at least 1.");
        Check(SegmentFolder is null || Path.IsPathFullyQualified(SegmentFolder), $"{nameof(SegmentFolder)} is '{SegmentFolder}': expected a full path.");
        return (ObjectStoreOptions)MemberwiseClone();
    }

    private static void Check(bool holds, string text)
    {
        if (!holds)
        {
            throw new ArgumentException($"{nameof(ObjectStoreOptions)}.{text}");
        }
    }
}
