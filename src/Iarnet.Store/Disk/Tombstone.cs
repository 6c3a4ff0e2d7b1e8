namespace Iarnet.Store.Disk;

/// <summary>Says that the record with the sequence is dead; needed for as long as the file of the segment is there, which still has it.</summary>
internal readonly record struct Tombstone(ulong DeadSequence, int DeadSegment);
