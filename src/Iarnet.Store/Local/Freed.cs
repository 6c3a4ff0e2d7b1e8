using Iarnet.Store.Memory;
using Iarnet.Store.Streams;

namespace Iarnet.Store;

/// <summary>Memory that is given back once the lock is left.</summary>
internal readonly record struct Freed(Block Block, long Size)
{
    /// <summary>The stream whose chunks go with it.</summary>
    public ObjectStream? Stream { get; init; }
}
