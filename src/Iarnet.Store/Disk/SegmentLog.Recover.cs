using Microsoft.Win32.SafeHandles;

namespace Iarnet.Store.Disk;

internal sealed partial class SegmentLog
{
    // Their files are there and could not be read: what is said about them must be kept.
    private readonly HashSet<int> _unread = [];

    private void Recover()
    {
        var found = new List<(Segment Segment, List<ParsedRecord> Records)>();
        foreach (var path in Directory.EnumerateFiles(_options.Folder, "*" + SegmentName.Ending).Order(StringComparer.Ordinal))
        {
            if (SegmentName.TryParse(Path.GetFileName(path.AsSpan()), out var number, out var salt))
            {
                _lastNumber = Math.Max(_lastNumber, number);
                if (TryScan(path, number, salt) is { } scanned)
                {
                    found.Add(scanned);
                    _segments.Add(number, scanned.Segment);
                }
            }
        }

        var killed = found.SelectMany(f => f.Records).Where(r => r.Tombstone is not null).Select(r => r.Tombstone!.Value.DeadSequence).ToHashSet();
        var seen = new HashSet<ulong>();
        var recovered = new List<(ulong Sequence, DiskRecord Record, DiskLocation Location)>();
        foreach (var (segment, records) in found)
        {
            foreach (var record in records)
            {
                _nextSequence = Math.Max(_nextSequence, record.Sequence + 1);
                Recover(segment, record, killed, seen, recovered);
            }
        }

        recovered.Sort((a, b) => a.Sequence.CompareTo(b.Sequence));
        Recovered = recovered.ConvertAll(r => (r.Record, r.Location));
        Logged.Recovered(_log, _options.Folder, recovered.Count, _liveBytes, found.Count);
    }

    private void Recover(
        Segment segment, in ParsedRecord record, HashSet<ulong> killed, HashSet<ulong> seen, List<(ulong Sequence, DiskRecord Record, DiskLocation Location)> recovered)
    {
        var slot = new Slot
        {
            Sequence = record.Sequence,
            Size = record.Size,
            Unit = (uint)(record.Offset / RecordFormat.Alignment),
            HeaderWords = (ushort)(record.HeaderBytes / 8),
            State = SlotState.Live,
        };
        if (record.Tombstone is { } tombstone)
        {
            AddTombstoneSlot(segment, slot with { State = SlotState.Tombstone, Sequence = tombstone.DeadSequence, OtherSegment = tombstone.DeadSegment });
        }
        else if (killed.Contains(record.Sequence))
        {
            return;
        }
        else if (!seen.Add(record.Sequence))
        {
            // A compaction was cut short: the copy is as good, and one of them is enough.
            AddTwin(segment, record.Sequence);
        }
        else
        {
            segment.Add(slot);
            Born(segment, slot.RecordBytes);
            recovered.Add((record.Sequence, record.Record, new DiskLocation(segment.Number, record.Offset, record.Size)));
        }
    }

    private (Segment Segment, List<ParsedRecord> Records)? TryScan(string path, int number, ulong salt)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(file);
            var scanner = new RecordScanner(file, length, number, salt);
            var segment = new Segment(number, salt, path, file) { Sealed = true };
            var records = new List<ParsedRecord>();
            var suspects = new List<ParsedRecord>();
            long synced = 0;
            while (scanner.TryNext(out var record, out var isWhole))
            {
                synced = Math.Max(synced, record.Synced);
                (isWhole ? records : suspects).Add(record);
            }

            foreach (var (offset, bytes) in scanner.Gaps)
            {
                Logged.Skipped(_log, path, offset, bytes, "no header that is whole");
            }

            if (records.Count == 0 && suspects.Count == 0 && IsDamagedRatherThanTorn(file, length))
            {
                file.Dispose();
                File.Move(path, path + SegmentName.DamagedEnding, overwrite: true);
                Logged.SegmentSetAside(_log, path, path + SegmentName.DamagedEnding);
                return null;
            }

            Judge(segment, records, suspects, synced);
            Resume(segment, records, length);
            return (segment, records);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            _unread.Add(number);
            Logged.SegmentNotRead(_log, error, path);
            return null;
        }
    }

    // What lies below 'synced' was on the disk before something later was written: if it is not whole, it is damaged, and whoever reads it
    // is told so. Above, it may have been cut off by the end of the process or of the power, and was never promised to anybody.
    private void Judge(Segment segment, List<ParsedRecord> records, List<ParsedRecord> suspects, long synced)
    {
        foreach (var suspect in suspects)
        {
            var isKept = suspect.Tombstone is null && suspect.End <= synced;
            Logged.Skipped(_log, segment.Path, suspect.Offset, suspect.End - suspect.Offset, isKept ? "its trailer is damaged; reading it will tell" : "cut off");
            if (isKept)
            {
                records.Add(suspect);
            }
        }

        records.Sort((a, b) => a.Offset.CompareTo(b.Offset));
        var isUnsynced = records.Count > 0 && records[^1].End > synced;
        records.RemoveAll(record => record.End > synced && !IsUndamaged(segment, record));
        if (isUnsynced)
        {
            // From now on they are promised.
            DiskNative.SyncData(segment.File);
        }
    }

    private bool IsUndamaged(Segment segment, in ParsedRecord record)
    {
        var slot = new Slot
        {
            Sequence = record.Sequence,
            Size = record.Size,
            Unit = (uint)(record.Offset / RecordFormat.Alignment),
            HeaderWords = (ushort)(record.HeaderBytes / 8),
        };
        try
        {
            VerifyBlocks(segment, slot, CancellationToken.None);
            return true;
        }
        catch (ObjectDamagedException)
        {
            Logged.Skipped(_log, segment.Path, record.Offset, record.End - record.Offset, "its bytes were not all on the disk");
            return false;
        }
    }

    // A file that ends as it should takes more, so that restarts do not leave ever more small ones.
    private void Resume(Segment segment, List<ParsedRecord> records, long length)
    {
        Grown(segment, length);
        segment.Synced = length;
        if (records.Count > 0 && records[^1].End == length && length < _options.EffectiveSegmentBytes / 2)
        {
            if (_active is { } before)
            {
                before.Sealed = true;
            }

            segment.Sealed = false;
            _active = segment;
        }
    }

    private static bool IsDamagedRatherThanTorn(SafeFileHandle file, long length)
    {
        Span<byte> start = stackalloc byte[RecordFormat.FixedHeaderBytes];
        return length > RecordFormat.MaxHeaderBytes && IsRead(file, start, 0) && start.ContainsAnyExcept((byte)0);
    }
}
