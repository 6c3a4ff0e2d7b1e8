namespace Iarnet.Bus.Memory;

/// <summary>
/// Whole messages that arrived in one piece: ZMTP frames that have been checked, with commands in between that are to be skipped.
/// Valid while the call that hands it over runs, longer for who uses the slab.
/// </summary>
internal readonly record struct Region(Slab Slab, int Start, int End, int Messages, long Bytes);
