using Iarnet.Store.Memory;

namespace Iarnet.Store;

/// <summary>What is given back once the lock is left.</summary>
/// <param name="Block">Memory.</param>
/// <param name="Size">For how many bytes; 0 for none.</param>
/// <param name="Extras">What else the object had, on disk perhaps.</param>
internal readonly record struct Freed(Block Block, long Size, Extras? Extras = null);
