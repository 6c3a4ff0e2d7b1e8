using Iarnet.Objects;

namespace Iarnet.Store;

/// <summary>What the store knows of an object.</summary>
/// <param name="Reference">Its reference; for a copy, the original's.</param>
/// <param name="Codec">The name of the codec that made the bytes.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="References">How many references keep it.</param>
/// <param name="Leases">How many readers look at it now, in any process.</param>
public sealed record ObjectInfo(ObjectRef Reference, string Codec, long Size, int References, int Leases)
{
    /// <summary>Whether it lies where other processes can see it.</summary>
    public bool IsShared { get; init; }

    /// <summary>Whether it is a copy of another store's object.</summary>
    public bool IsCopy { get; init; }

    /// <summary>Whether its bytes are in memory; if not, they are on disk.</summary>
    public bool InMemory { get; init; }

    /// <summary>When it goes, whoever has references; null: not by itself.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The words that were put with it; null when there are none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
