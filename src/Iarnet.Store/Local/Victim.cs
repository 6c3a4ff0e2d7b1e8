namespace Iarnet.Store;

/// <summary>An object that is to leave memory.</summary>
/// <param name="Record">Its record, which is pinned.</param>
/// <param name="Key">Its key.</param>
/// <param name="Offset">Where its bytes lie.</param>
/// <param name="Size">How many there are.</param>
/// <param name="IsDirty">Whether they have to be written first.</param>
/// <param name="IsCopy">Whether they can be fetched again.</param>
internal readonly record struct Victim(int Record, UInt128 Key, long Offset, long Size, bool IsDirty, bool IsCopy);
