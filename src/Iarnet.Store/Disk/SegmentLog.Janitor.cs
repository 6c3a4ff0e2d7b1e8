namespace Iarnet.Store.Disk;

internal sealed partial class SegmentLog
{
    // Below it a segment is compacted: then writing what lives is cheaper than what comes back.
    private const double MostlyDead = 0.5;

    // The same when an append waits for room.
    private const double UnderPressure = 0.75;

    private readonly AutoResetEvent _tidy = new(initialState: false);
    private Segment? _target;
    private bool _pressure;
    private bool _tidying;

    private void Tidy()
    {
        try
        {
            while (true)
            {
                Segment? segment;
                bool isEmpty;
                bool closed;
                lock (_lock)
                {
                    closed = _closed;
                    segment = Pick(_pressure ? UnderPressure : MostlyDead, emptyOnly: closed);
                    isEmpty = segment is { IsEmpty: true };
                    _tidying = segment is not null;
                    _pressure &= _tidying;
                    if (segment is not null && segment == _target)
                    {
                        segment.Sealed = true;
                        _target = null;
                    }
                }

                if (segment is null)
                {
                    _wake.Set();
                    if (closed)
                    {
                        return;
                    }

                    _tidy.WaitOne();
                }
                else
                {
                    if (isEmpty || Compact(segment))
                    {
                        Remove(segment);
                    }

                    _wake.Set();
                }
            }
        }
        finally
        {
            lock (_lock)
            {
                _tidying = false;
            }

            _tidied.TrySetResult();
            _wake.Set();
        }
    }

    /// <summary>Whether room will come without anybody freeing anything.</summary>
    private bool IsMakingRoom()
    {
        lock (_lock)
        {
            if (!_tidying && Pick(UnderPressure, emptyOnly: false) is null)
            {
                return false;
            }

            _pressure = true;
        }

        _tidy.Set();
        return true;
    }

    // Under the lock. What is empty first, then what has the least that lives.
    private Segment? Pick(double mostLive, bool emptyOnly)
    {
        Segment? best = null;
        foreach (var segment in _segments.Values)
        {
            if (segment.Gone || segment.Stuck || segment.Length == 0 || !(segment.Sealed || segment == _target))
            {
                continue;
            }

            if (segment.IsEmpty)
            {
                return segment;
            }

            var live = (double)segment.LiveBytes / segment.Length;
            if (!emptyOnly && !segment.Damaged && !segment.LacksRoom && live < mostLive && Bytes + segment.LiveBytes <= Limit)
            {
                mostLive = live;
                best = segment;
            }
        }

        return best;
    }

    private void Remove(Segment segment)
    {
        lock (_lock)
        {
            // Compaction leaves in it what is damaged.
            if (!segment.IsEmpty)
            {
                return;
            }

            segment.Gone = true;
        }

        if (!TryRemoveFile(segment))
        {
            lock (_lock)
            {
                segment.Gone = false;
                segment.Stuck = true;
            }

            return;
        }

        lock (_lock)
        {
            _bytes -= segment.Length;
            CloseIfUnused(segment);
            if (segment.Twins is not null)
            {
                _withTwins.Remove(segment);
            }

            foreach (var other in _segments.Values)
            {
                other.LacksRoom = false;
                if (other.Tombstones.Remove(segment.Number, out var count))
                {
                    other.LiveRecords -= count - 1;
                    other.LiveBytes -= (count - 1L) * RecordFormat.TombstoneBytes;
                    _liveBytes -= (count - 1L) * RecordFormat.TombstoneBytes;
                    Died(other, RecordFormat.TombstoneBytes);
                }
            }

            if (segment.Forwards == 0)
            {
                _segments.Remove(segment.Number);
            }
            else
            {
                segment.DropDeadSlots();
            }
        }
    }

    private bool TryRemoveFile(Segment segment)
    {
        if (!TryDelete(segment.Path))
        {
            return false;
        }

        try
        {
            if (_options.Durable)
            {
                DiskNative.SyncFolder(_options.Folder);
            }

            return true;
        }
        catch (IOException error)
        {
            Logged.SegmentNotDeleted(_log, error, segment.Path);
            return false;
        }
    }

    // Under the lock.
    private void Grown(Segment segment, long length)
    {
        _bytes += length - segment.Length;
        segment.Length = length;
    }
}
