using System.Runtime.InteropServices;

namespace Iarnet.Store.Disk;

internal sealed partial class SegmentLog
{
    // What is written before the disk is waited for: large enough that waiting is rare, small enough that the first of a group does not wait long.
    private const long GroupBytes = 64 << 20;
    private const int GroupRequests = 1024;

    private readonly Queue<Tombstone> _tombstones = new();
    private readonly SegmentWriter _output = new();
    private readonly List<AppendRequest> _group = [];
    private readonly List<Slot> _slots = [];
    private Segment? _active;

    private enum Room
    {
        Fits,
        Later,
        None,
    }

    private void Write()
    {
        try
        {
            while (true)
            {
                bool closed;
                lock (_lock)
                {
                    closed = _closed;
                }

                if (!_appends.TryPeek(out var head))
                {
                    // The janitor may still find that what it has just copied was freed meanwhile: the copy needs its tombstone too.
                    var isLast = closed && _tidied.Task.IsCompleted;
                    WriteTombstones();
                    SealActive(leastLive: 0);
                    if (isLast)
                    {
                        return;
                    }

                    _wake.WaitOne();
                    continue;
                }

                switch (RoomFor(head, closed))
                {
                    case Room.Fits:
                        WriteGroup(head);
                        break;
                    case Room.Later:
                        _wake.WaitOne();
                        break;
                    default:
                        _appends.TryDequeue(out _);
                        if (head.TryTake())
                        {
                            head.Fail(new StoreFullException(
                                $"No room on disk for object {head.FirstId} ({head.Bytes} bytes): {Bytes} of {Limit} bytes in '{_options.Folder}' are taken, "
                                + $"of which {_options.Reserve} are kept for compaction. Release objects or raise the limit."));
                        }

                        break;
                }
            }
        }
        catch (Exception error)
        {
            // A mistake of ours: nobody shall wait for a thread that is no more.
            lock (_lock)
            {
                _closed = true;
            }

            while (_appends.TryDequeue(out var request))
            {
                request.Fail(new IarnetException($"The writer of '{_options.Folder}' ended: {error.Message}", error));
            }
        }
        finally
        {
            _written.TrySetResult();
        }
    }

    private Room RoomFor(AppendRequest request, bool closed)
    {
        var room = Limit - _options.Reserve;
        if (Bytes + request.Bytes <= room)
        {
            return Room.Fits;
        }

        if (request.Bytes > room || closed || request.IsWithdrawn)
        {
            return Room.None;
        }

        SealActive(leastLive: UnderPressure);
        return IsMakingRoom() ? Room.Later : Room.None;
    }

    private void WriteGroup(AppendRequest head)
    {
        if (Opened(head) is { } refused)
        {
            _appends.TryDequeue(out _);
            if (head.TryTake())
            {
                Finish(head, refused);
            }

            return;
        }

        long bytes = 0;
        while (_group.Count < GroupRequests && bytes < GroupBytes && _appends.TryPeek(out var next) && FitsActive(bytes + next.Bytes))
        {
            _appends.TryDequeue(out _);
            if (next.TryTake())
            {
                bytes += next.Bytes;
                _group.Add(next);
            }
        }

        var error = TryWrite(CollectionsMarshal.AsSpan(_group));
        foreach (var request in _group)
        {
            // Whose fault it was, or for whom there is still room, shows only one by one.
            Finish(request, error is null ? null : WriteAlone(request));
        }

        _group.Clear();
    }

    private Exception? WriteAlone(AppendRequest request)
    {
        while (true)
        {
            var error = Opened(request) ?? TryWrite([request]);
            if (error is null || !DiskNative.IsNoSpace(error))
            {
                return error;
            }

            // The disk is full, but may be so of what is dead.
            SealActive(leastLive: UnderPressure);
            lock (_lock)
            {
                if (_closed)
                {
                    return error;
                }
            }

            if (!IsMakingRoom())
            {
                return error;
            }

            _wake.WaitOne();
        }
    }

    private void Finish(AppendRequest request, Exception? error)
    {
        if (error is null)
        {
            request.Succeed();
        }
        else if (DiskNative.IsNoSpace(error))
        {
            request.Fail(new StoreFullException(
                $"The disk of '{_options.Folder}' is full: object {request.FirstId} ({request.Bytes} bytes) was not written. Release objects, or free space on the disk.", error));
        }
        else
        {
            request.Fail(new IarnetException($"Object {request.FirstId} could not be written to '{_options.Folder}': {error.Message} Check the disk.", error));
        }
    }

    // All of them or none; none when it gives an error.
    private Exception? TryWrite(ReadOnlySpan<AppendRequest> requests)
    {
        var segment = _active!;
        try
        {
            _output.Begin(segment);
            _slots.Clear();
            foreach (var request in requests)
            {
                foreach (ref readonly var write in request.Writes)
                {
                    _slots.Add(_output.Add(write, _nextSequence++));
                }
            }

            var dead = AddTombstones();
            _output.Flush();
            if (_options.Durable)
            {
                DiskNative.SyncData(segment.File);
            }

            Commit(segment, requests, dead);
            return null;
        }
        catch (Exception error)
        {
            if (!DiskNative.IsNoSpace(error))
            {
                Logged.WriteFailed(_log, error, segment.Path);
            }

            RollBack(segment);
            return error;
        }
    }

    private void Commit(Segment segment, ReadOnlySpan<AppendRequest> requests, int dead)
    {
        lock (_lock)
        {
            var at = 0;
            foreach (var request in requests)
            {
                for (var i = 0; i < request.Placed.Length; i++, at++)
                {
                    var slot = _slots[at];
                    segment.Add(slot);
                    Born(segment, slot.RecordBytes);
                    request.Placed[i] = new DiskLocation(segment.Number, slot.Offset, slot.Size);
                }
            }

            for (; dead > 0; dead--, at++)
            {
                _tombstones.Dequeue();
                AddTombstoneSlot(segment, _slots[at]);
            }

            Grown(segment, _output.Position);
            segment.Synced = _options.Durable ? segment.Length : 0;
        }
    }

    private void RollBack(Segment segment)
    {
        try
        {
            RandomAccess.SetLength(segment.File, segment.Length);
        }
        catch (Exception error)
        {
            Logged.RollbackFailed(_log, error, segment.Path, segment.Length);
            lock (_lock)
            {
                Grown(segment, Math.Max(segment.Length, LengthOf(segment)));
            }

            SealActive(leastLive: double.PositiveInfinity);
        }
    }

    private static long LengthOf(Segment segment)
    {
        try
        {
            return RandomAccess.GetLength(segment.File);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private bool FitsActive(long bytes) =>
        Bytes + bytes <= Limit - _options.Reserve && (_active!.Length == 0 || _active.Length + bytes <= _options.EffectiveSegmentBytes);

    private Exception? Opened(AppendRequest request) => Opened(request.Bytes);

    private Exception? Opened(long bytes)
    {
        try
        {
            if (_active is { Length: > 0 } full && full.Length + bytes > _options.EffectiveSegmentBytes)
            {
                SealActive(leastLive: double.PositiveInfinity);
            }

            _active ??= CreateSegment();
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    // A segment that takes no more is the janitor's. Seals when less than this part of it lives, or nothing does.
    private void SealActive(double leastLive)
    {
        if (_active is not { } active)
        {
            return;
        }

        lock (_lock)
        {
            // A durable one stays while it is small: a file more costs the disk more than the space.
            var isEmpty = active.IsEmpty && active.Length > (_options.Durable ? Math.Min(_options.EffectiveSegmentBytes / 4, 1 << 20) : 0);
            if (!isEmpty && active.LiveBytes >= leastLive * active.Length)
            {
                return;
            }

            active.Sealed = true;
            _active = null;
        }

        _tidy.Set();
    }
}
