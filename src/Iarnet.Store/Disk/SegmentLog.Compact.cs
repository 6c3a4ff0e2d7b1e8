using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Iarnet.Store.Disk;

internal sealed partial class SegmentLog
{
    // What is moved before its holders are switched over (and, durable, the disk is waited for).
    private const long MoveBytes = 32 << 20;
    private const int MoveRecords = 4096;

    private readonly List<(Slot Slot, long To)> _moved = [];
    private byte[]? _copy;
    private int _copied;
    private long _copiedTo;

    // The janitor's. Into a segment of its own, so that appends wait for none of it. True when nothing that can be moved is left.
    private bool Compact(Segment from)
    {
        try
        {
            // Held only while there is something to compact for the first time; then for good.
            _copy ??= GC.AllocateUninitializedArray<byte>(4 << 20, pinned: true);
            for (long at = 0; ;)
            {
                var (records, bytes) = NextToMove(from, ref at);
                if (records.Count == 0)
                {
                    return true;
                }

                var target = OpenTarget(bytes);
                _moved.Clear();
                _copied = 0;
                _copiedTo = target.Length;
                foreach (var slot in records)
                {
                    CopyRecord(from, slot, target);
                }

                FlushCopy(target.File);
                if (_options.Durable)
                {
                    DiskNative.SyncData(target.File);
                }

                Switch(from, target);
            }
        }
        catch (Exception error)
        {
            Logged.CompactionFailed(_log, error, from.Path);
            lock (_lock)
            {
                from.LacksRoom = true;
            }

            AbandonTarget();
            return false;
        }
    }

    private (List<Slot> Records, long Bytes) NextToMove(Segment from, ref long at)
    {
        var records = new List<Slot>();
        long bytes = 0;
        lock (_lock)
        {
            if (_closed)
            {
                return (records, 0);
            }

            foreach (ref readonly var slot in from.Slots[from.IndexFrom(at)..])
            {
                if (bytes >= MoveBytes || records.Count == MoveRecords)
                {
                    break;
                }

                at = slot.Offset + 1;
                if (slot.State is SlotState.Live or SlotState.MovedIn || (slot.State == SlotState.Tombstone && from.Tombstones.ContainsKey(slot.OtherSegment)))
                {
                    records.Add(slot);
                    bytes += slot.RecordBytes;
                }
            }
        }

        return (records, bytes);
    }

    private Segment OpenTarget(long bytes)
    {
        if (_target is { Length: > 0 } full && full.Length + bytes > _options.EffectiveSegmentBytes)
        {
            SealTarget(full);
        }

        if (_target is null)
        {
            var created = CreateSegment();
            lock (_lock)
            {
                _target = created;
            }
        }

        return _target;
    }

    private void SealTarget(Segment target)
    {
        lock (_lock)
        {
            target.Sealed = true;
            _target = null;
        }
    }

    private void CopyRecord(Segment from, in Slot slot, Segment target)
    {
        var to = _copiedTo + _copied;
        var bytes = slot.RecordBytes;
        var trailerBytes = RecordFormat.TrailerBytes(slot.Size);
        var isLarge = bytes > _copy!.Length / 4;
        var kept = isLarge ? (int)RecordFormat.Aligned(slot.HeaderBytes + trailerBytes, RecordFormat.Alignment) : (int)bytes;
        if (_copied + kept > _copy.Length)
        {
            FlushCopy(target.File);
        }

        // Of a large record only header and trailer pass here together, because the trailer depends on the header.
        var room = _copy.AsSpan(_copied, kept);
        var header = room[..slot.HeaderBytes];
        var trailer = room.Slice(isLarge ? slot.HeaderBytes : slot.HeaderBytes + (int)slot.Size, trailerBytes);
        var isWhole = isLarge
            ? IsRead(from.File, header, slot.Offset) && IsRead(from.File, trailer, slot.Offset + slot.HeaderBytes + slot.Size)
            : IsRead(from.File, room[..(slot.HeaderBytes + (int)slot.Size + trailerBytes)], slot.Offset);
        if (!isWhole || !RecordFormat.TryMove(header, trailer, from.PlaceAt(slot.Offset), target.PlaceAt(to, target.Synced)))
        {
            Logged.Skipped(_log, from.Path, slot.Offset, bytes, "its header or trailer is damaged; it stays where it is");
            lock (_lock)
            {
                from.Damaged = true;
            }

            return;
        }

        if (isLarge)
        {
            MoveLarge(from, slot, target, header.ToArray(), trailer.ToArray());
        }
        else
        {
            room[(slot.HeaderBytes + (int)slot.Size + trailerBytes)..].Clear();
            _copied += kept;
        }

        _moved.Add((slot, to));
    }

    private void MoveLarge(Segment from, in Slot slot, Segment target, byte[] header, byte[] trailer)
    {
        FlushCopy(target.File);
        var end = _copiedTo + slot.RecordBytes;
        RandomAccess.Write(target.File, header, _copiedTo);
        for (long done = 0; done < slot.Size;)
        {
            var piece = _copy.AsSpan(0, (int)Math.Min(_copy!.Length, slot.Size - done));
            if (!IsRead(from.File, piece, slot.Offset + slot.HeaderBytes + done))
            {
                throw new EndOfStreamException($"Segment '{from.Path}' ends within the record at {slot.Offset}.");
            }

            RandomAccess.Write(target.File, piece, _copiedTo + slot.HeaderBytes + done);
            done += piece.Length;
        }

        // To the end of the record, so that the file is as long as if it had been appended.
        var last = new byte[slot.RecordBytes - slot.HeaderBytes - slot.Size];
        trailer.CopyTo(last, 0);
        RandomAccess.Write(target.File, last, end - last.Length);
        _copiedTo = end;
    }

    private void FlushCopy(SafeFileHandle file)
    {
        RandomAccess.Write(file, _copy.AsSpan(0, _copied), _copiedTo);
        _copiedTo += _copied;
        _copied = 0;
    }

    private static bool IsRead(SafeFileHandle file, Span<byte> into, long offset)
    {
        while (into.Length > 0)
        {
            var read = RandomAccess.Read(file, into, offset);
            if (read == 0)
            {
                return false;
            }

            into = into[read..];
            offset += read;
        }

        return true;
    }

    // From here on the records are in the target; a read that has found one in the old file goes on there, since it holds it open.
    private void Switch(Segment from, Segment target)
    {
        lock (_lock)
        {
            Grown(target, _copiedTo);
            target.Synced = _options.Durable ? target.Length : 0;
            foreach (var (copied, to) in _moved)
            {
                SwitchOne(from, copied, target, (uint)(to / RecordFormat.Alignment));
            }
        }
    }

    private void SwitchOne(Segment from, in Slot copied, Segment target, uint unit)
    {
        ref var old = ref from.Find(copied.Offset);
        if (Unsafe.IsNullRef(ref old) || old.State == SlotState.Dead)
        {
            // Freed in the meantime: its tombstone is for the old file only.
            if (_options.Durable && copied.State != SlotState.Tombstone)
            {
                _tombstones.Enqueue(new Tombstone(copied.Sequence, target.Number));
                _wake.Set();
            }

            return;
        }

        var slot = copied;
        slot.Unit = unit;
        switch (old.State)
        {
            case SlotState.Tombstone:
                MoveTombstone(from, ref old, target, slot);
                return;
            case SlotState.Live:
                slot.OtherSegment = from.Number;
                slot.OtherUnit = old.Unit;
                old.OtherSegment = target.Number;
                old.OtherUnit = unit;
                old.State = SlotState.MovedAway;
                from.Forwards++;
                break;
            default:
                ref var origin = ref _segments[old.OtherSegment].Find((long)old.OtherUnit * RecordFormat.Alignment);
                origin.OtherSegment = target.Number;
                origin.OtherUnit = unit;
                old.State = SlotState.Dead;
                break;
        }

        slot.State = SlotState.MovedIn;
        target.Add(slot);
        Born(target, slot.RecordBytes);
        Died(from, slot.RecordBytes);
        if (_options.Durable)
        {
            AddTwin(from, slot.Sequence);
        }
    }

    private void MoveTombstone(Segment from, ref Slot old, Segment target, in Slot slot)
    {
        old.State = SlotState.Dead;

        // Not needed any more when its segment went while it was copied.
        if (from.Tombstones.TryGetValue(slot.OtherSegment, out var count))
        {
            from.Tombstones[slot.OtherSegment] = count - 1;
            Died(from, RecordFormat.TombstoneBytes);
            AddTombstoneSlot(target, slot);
        }
    }

    // Under the lock.
    private void AddTwin(Segment segment, ulong sequence)
    {
        if (segment.Twins is null)
        {
            segment.Twins = [];
            _withTwins.Add(segment);
        }

        segment.Twins.Add(sequence);
    }

    // What was copied and not switched over is cut off; if not even that works, it stays as garbage, and its copies are twins.
    private void AbandonTarget()
    {
        if (_target is not { } target)
        {
            return;
        }

        try
        {
            RandomAccess.SetLength(target.File, target.Length);
        }
        catch (Exception error)
        {
            Logged.RollbackFailed(_log, error, target.Path, target.Length);
            lock (_lock)
            {
                Grown(target, Math.Max(target.Length, LengthOf(target)));
                foreach (var (slot, _) in _moved)
                {
                    if (_options.Durable && slot.State != SlotState.Tombstone)
                    {
                        AddTwin(target, slot.Sequence);
                    }
                }
            }

            SealTarget(target);
        }
    }
}
