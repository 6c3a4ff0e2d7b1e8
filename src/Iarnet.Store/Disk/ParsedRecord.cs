namespace Iarnet.Store.Disk;

/// <summary>A header as read from a file; its record or its tombstone.</summary>
internal readonly record struct ParsedRecord(
    DiskRecord Record, long Offset, int HeaderBytes, long Size, ulong Sequence, long Synced, uint HeaderChecksum, Tombstone? Tombstone)
{
    public long DataOffset => Offset + HeaderBytes;

    public long TrailerOffset => DataOffset + Size;

    public long End => Offset + RecordFormat.RecordBytes(HeaderBytes, Size);
}
