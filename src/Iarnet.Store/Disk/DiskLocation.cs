namespace Iarnet.Store.Disk;

/// <summary>
/// Where an object was placed. A name for as long as the object is not freed: when compaction moves it, the log finds it by its old place.
/// </summary>
internal readonly record struct DiskLocation(int Segment, long Offset, long Size);
