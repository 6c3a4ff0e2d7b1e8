namespace Iarnet.Store;

/// <summary>A part of what a store has.</summary>
/// <param name="Objects">The objects.</param>
/// <param name="Continuation">Where the next page begins; null after the last one.</param>
public sealed record ObjectPage(IReadOnlyList<ObjectInfo> Objects, int? Continuation);
