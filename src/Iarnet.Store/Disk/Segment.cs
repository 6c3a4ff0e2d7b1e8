using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Iarnet.Store.Disk;

/// <summary>
/// A file of records and what is known of them. Its fields are guarded by the log's lock; the file itself is written by one
/// (the writer, or the compaction whose target it is) and read by many.
/// </summary>
internal sealed class Segment(int number, ulong salt, string path, SafeFileHandle file)
{
    private readonly List<Slot> _slots = [];
    private int _deadSlots;

    public int Number { get; } = number;

    public ulong Salt { get; } = salt;

    public string Path { get; } = path;

    public SafeFileHandle File { get; } = file;

    /// <summary>Bytes of the file that count: beyond lies at most a write in progress.</summary>
    public long Length { get; set; }

    /// <summary>How much of it is on the disk for certain.</summary>
    public long Synced { get; set; }

    /// <summary>Of records, with all that belongs to them.</summary>
    public long LiveBytes { get; set; }

    public int LiveRecords { get; set; }

    /// <summary>Records of holders that know them by a place in here but that lie elsewhere.</summary>
    public int Forwards { get; set; }

    /// <summary>Takes no more records.</summary>
    public bool Sealed { get; set; }

    /// <summary>The file is removed; the segment stays while it forwards.</summary>
    public bool Gone { get; set; }

    /// <summary>Has records that cannot be read: it is not compacted and goes when it is empty.</summary>
    public bool Damaged { get; set; }

    /// <summary>The file could not be deleted: not tried again.</summary>
    public bool Stuck { get; set; }

    /// <summary>The disk had no room for its compaction: not tried again until something is removed.</summary>
    public bool LacksRoom { get; set; }

    /// <summary>Reads that are under way.</summary>
    public int Users { get; set; }

    /// <summary>How many tombstones lie here, by the segment that has the dead records.</summary>
    public Dictionary<int, int> Tombstones { get; } = [];

    /// <summary>Sequences of records that are dead here because a copy lives elsewhere. Their tombstones must outlive this file.</summary>
    public HashSet<ulong>? Twins { get; set; }

    public Span<Slot> Slots => CollectionsMarshal.AsSpan(_slots);

    public bool IsEmpty => LiveRecords == 0;

    public RecordPlace PlaceAt(long offset, long synced = 0) => new(Salt, Number, offset, synced);

    /// <summary>Slots come in the order of their places.</summary>
    public void Add(in Slot slot) => _slots.Add(slot);

    public void RemoveSlots(int from) => _slots.RemoveRange(from, _slots.Count - from);

    /// <summary>The slot of a place; null reference when there is none.</summary>
    public ref Slot Find(long offset)
    {
        var slots = Slots;
        var unit = offset / RecordFormat.Alignment;
        var low = 0;
        var high = slots.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (slots[middle].Unit == unit)
            {
                return ref slots[middle];
            }

            if (slots[middle].Unit < unit)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ref System.Runtime.CompilerServices.Unsafe.NullRef<Slot>();
    }

    /// <summary>Index of the first slot at or after a place.</summary>
    public int IndexFrom(long offset)
    {
        var slots = Slots;
        var low = 0;
        var high = slots.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (slots[middle].Offset < offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>Invalidates references to slots of this segment.</summary>
    public void Killed()
    {
        if (++_deadSlots > 64 && _deadSlots > _slots.Count / 2)
        {
            DropDeadSlots();
        }
    }

    /// <summary>Invalidates references to slots of this segment.</summary>
    public void DropDeadSlots()
    {
        _slots.RemoveAll(s => s.State == SlotState.Dead || (Gone && s.State == SlotState.Tombstone));
        _slots.TrimExcess();
        _deadSlots = 0;
    }
}
