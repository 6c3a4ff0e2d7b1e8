namespace Iarnet.Store;

/// <summary>Figures of a store at one moment. Bytes are those of blocks, which are up to an eighth larger than objects.</summary>
public readonly record struct StoreStatistics
{
    /// <summary>Objects that can be read, in memory or on disk.</summary>
    public long Objects { get; init; }

    /// <summary>Bytes of memory in use: by objects and by unfinished ones.</summary>
    public long Bytes { get; init; }

    /// <summary>What <see cref="CommittedBytes"/> may reach.</summary>
    public long LimitBytes { get; init; }

    /// <summary>Bytes of memory taken from the system: in use, idle, and free blocks of slabs.</summary>
    public long CommittedBytes { get; init; }

    /// <summary>The part of <see cref="CommittedBytes"/> that waits for an object.</summary>
    public long IdleBytes { get; init; }

    /// <summary>The part of <see cref="CommittedBytes"/> that other processes can see: all or nothing.</summary>
    public long SharedBytes { get; init; }

    /// <summary>Bytes of the index, beyond <see cref="CommittedBytes"/>.</summary>
    public long IndexBytes { get; init; }

    /// <summary>Objects whose bytes are on disk only.</summary>
    public long SpilledObjects { get; init; }

    /// <summary>Bytes of objects on disk, those that are in memory too included.</summary>
    public long DiskBytes { get; init; }

    /// <summary>Leases not given back, in any process.</summary>
    public long Leases { get; init; }

    /// <summary>Objects that were begun and are not sealed.</summary>
    public long Unfinished { get; init; }

    /// <summary>How many puts had to wait for room so far.</summary>
    public long Waits { get; init; }
}
