using Iarnet.Store.Memory;

namespace Iarnet.Store;

/// <summary>Memory that is given back once the lock is left.</summary>
internal readonly record struct Freed(Block Block, long Size);
