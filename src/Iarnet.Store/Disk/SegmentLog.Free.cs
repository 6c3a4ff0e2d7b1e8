using System.Runtime.CompilerServices;

namespace Iarnet.Store.Disk;

internal sealed partial class SegmentLog
{
    // A tombstone is small, but many objects may be freed while the disk is full.
    private const int TombstonesAtOnce = 8192;

    private readonly List<Segment> _withTwins = [];
    private bool _areTombstonesLate;

    /// <summary>
    /// The object is no more: its place is void at once, its space comes back in the background. Once is enough; again does nothing.
    /// Durable: a restart may bring it back until this is written, which happens in the background or with the next append, and at close.
    /// </summary>
    public void Free(DiskLocation location)
    {
        lock (_lock)
        {
            if (_closed || !_segments.TryGetValue(location.Segment, out var segment))
            {
                return;
            }

            ref var slot = ref segment.Find(location.Offset);
            if (Unsafe.IsNullRef(ref slot) || slot.State is not (SlotState.Live or SlotState.MovedAway))
            {
                return;
            }

            var sequence = slot.Sequence;
            if (slot.State == SlotState.MovedAway)
            {
                var home = _segments[slot.OtherSegment];
                home.Find((long)slot.OtherUnit * RecordFormat.Alignment).State = SlotState.Dead;
                Died(home, slot.RecordBytes);
                home.Killed();
                slot.State = SlotState.Dead;
                segment.Killed();
                LostForward(segment);
                Bury(sequence, home);
            }
            else
            {
                slot.State = SlotState.Dead;
                Died(segment, slot.RecordBytes);
                segment.Killed();
                Bury(sequence, segment);
            }
        }
    }

    // Under the lock.
    private void Born(Segment segment, long bytes)
    {
        segment.LiveRecords++;
        segment.LiveBytes += bytes;
        _liveBytes += bytes;
    }

    // Under the lock.
    private void Died(Segment segment, long bytes)
    {
        segment.LiveRecords--;
        segment.LiveBytes -= bytes;
        _liveBytes -= bytes;
        if (segment.IsEmpty || segment.LiveBytes < MostlyDead * segment.Length)
        {
            // It is the writer's for as long as it takes records, unless it is the target of compaction.
            (segment.Sealed || segment == _target ? _tidy : _wake).Set();
        }
    }

    // Under the lock.
    private void LostForward(Segment segment)
    {
        if (--segment.Forwards == 0 && segment.Gone)
        {
            _segments.Remove(segment.Number);
        }
    }

    // Under the lock. A tombstone for each file that has the record, because each of them is needed for as long as that file is there.
    private void Bury(ulong sequence, Segment home)
    {
        if (!_options.Durable)
        {
            return;
        }

        _tombstones.Enqueue(new Tombstone(sequence, home.Number));
        foreach (var segment in _withTwins)
        {
            if (segment.Twins!.Contains(sequence))
            {
                _tombstones.Enqueue(new Tombstone(sequence, segment.Number));
            }
        }

        _wake.Set();
    }

    // The writer's. They may go over the limit: without them nothing would ever be freed.
    private int AddTombstones()
    {
        Tombstone[] some;
        lock (_lock)
        {
            while (_tombstones.TryPeek(out var tombstone) && !HasFile(tombstone.DeadSegment))
            {
                _tombstones.Dequeue();
            }

            some = [.. _tombstones.Take(TombstonesAtOnce)];
        }

        foreach (var tombstone in some)
        {
            _slots.Add(_output.Add(tombstone, _nextSequence++));
        }

        return some.Length;
    }

    // Under the lock.
    private void AddTombstoneSlot(Segment segment, Slot slot)
    {
        // Its segment may be gone already, and in its own it goes with what it is for.
        if (slot.OtherSegment == segment.Number || !HasFile(slot.OtherSegment))
        {
            return;
        }

        segment.Add(slot);
        segment.Tombstones[slot.OtherSegment] = segment.Tombstones.GetValueOrDefault(slot.OtherSegment) + 1;
        Born(segment, RecordFormat.TombstoneBytes);
    }

    // Under the lock.
    private bool HasFile(int number) => _segments.TryGetValue(number, out var segment) ? !segment.Gone : _unread.Contains(number);

    // The writer's, when there is nothing else to write.
    private void WriteTombstones()
    {
        while (true)
        {
            int waiting;
            lock (_lock)
            {
                waiting = _tombstones.Count;
            }

            if (waiting == 0)
            {
                return;
            }

            if ((Opened(RecordFormat.TombstoneBytes * (long)Math.Min(waiting, TombstonesAtOnce)) ?? TryWrite([])) is { } error)
            {
                if (!_areTombstonesLate)
                {
                    Logged.TombstonesWait(_log, error, waiting);
                    _areTombstonesLate = true;
                }

                return;
            }

            _areTombstonesLate = false;
        }
    }
}
