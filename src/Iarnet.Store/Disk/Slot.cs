using System.Runtime.InteropServices;

namespace Iarnet.Store.Disk;

/// <summary>What the log knows in memory of a record: 32 bytes each.</summary>
/// <remarks>
/// A record that was moved has two: <see cref="SlotState.MovedAway"/> where its holders believe it is, and
/// <see cref="SlotState.MovedIn"/> where it is; each names the other, so that however often it moves there are never more.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct Slot
{
    public ulong Sequence;
    public long Size;

    /// <summary>The record's place in its segment, in units of <see cref="RecordFormat.Alignment"/>.</summary>
    public uint Unit;

    /// <summary>The other slot's segment; of a tombstone the segment that holds the dead record.</summary>
    public int OtherSegment;

    public uint OtherUnit;

    /// <summary>Of the record, in units of eight bytes.</summary>
    public ushort HeaderWords;

    public SlotState State;

    public readonly long Offset => (long)Unit * RecordFormat.Alignment;

    public readonly int HeaderBytes => HeaderWords * 8;

    public readonly long RecordBytes => RecordFormat.RecordBytes(HeaderBytes, Size);
}
