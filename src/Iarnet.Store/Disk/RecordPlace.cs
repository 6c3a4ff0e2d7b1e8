namespace Iarnet.Store.Disk;

/// <summary>Where a record is written, and up to where its segment is on the disk for certain.</summary>
internal readonly record struct RecordPlace(ulong Salt, int Segment, long Offset, long Synced = 0);
