namespace Iarnet.Store.Transfer;

/// <summary>Chunks one after the other.</summary>
/// <param name="First">The first.</param>
/// <param name="Count">How many.</param>
/// <param name="Fresh">Their checksums are to be computed again.</param>
internal readonly record struct ChunkRun(int First, int Count, bool Fresh);
