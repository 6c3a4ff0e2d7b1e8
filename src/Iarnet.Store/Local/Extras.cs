using Iarnet.Objects;
using Iarnet.Store.Disk;
using Iarnet.Store.Streams;

namespace Iarnet.Store;

/// <summary>What most objects do not have. Guarded by the store's lock.</summary>
internal sealed class Extras
{
    /// <summary>Owners beyond the first, with their references.</summary>
    public Dictionary<int, int>? Others { get; set; }

    public IReadOnlyDictionary<string, string>? Metadata { get; set; }

    /// <summary>When it goes, whoever has references; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Where its bytes were spilled to; they may be in memory besides.</summary>
    public DiskLocation? Spill { get; set; }

    /// <summary>Where its bytes lie across restarts.</summary>
    public DiskLocation? Durable { get; set; }

    /// <summary>What it is as a stream.</summary>
    public ObjectStream? Stream { get; set; }

    /// <summary>The reference under which the original lies at another store.</summary>
    public ObjectRef? Origin { get; set; }
}
