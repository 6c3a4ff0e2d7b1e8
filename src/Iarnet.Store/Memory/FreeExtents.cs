namespace Iarnet.Store.Memory;

/// <summary>Free ranges of one kind, joined with their neighbours. Not thread-safe.</summary>
internal sealed class FreeExtents
{
    private readonly SortedSet<(long Length, long Start)> _bySize = [];
    private readonly Dictionary<long, long> _lengthByStart = [];
    private readonly Dictionary<long, long> _startByEnd = [];

    /// <summary>Their lengths together.</summary>
    public long Bytes { get; private set; }

    public int Count => _bySize.Count;

    /// <summary>The longest one.</summary>
    public (long Length, long Start) Longest => _bySize.Max;

    public void Add(long start, long length)
    {
        if (_startByEnd.TryGetValue(start, out var before))
        {
            var joined = _lengthByStart[before];
            Remove(before, joined);
            start = before;
            length += joined;
        }

        if (_lengthByStart.TryGetValue(start + length, out var after))
        {
            Remove(start + length, after);
            length += after;
        }

        _bySize.Add((length, start));
        _lengthByStart.Add(start, length);
        _startByEnd.Add(start + length, start);
        Bytes += length;
    }

    /// <summary>Takes the first part of the shortest range that is long enough.</summary>
    public bool TryTake(long length, out long start)
    {
        // Nearly always the newest object's size is the size that was freed: the view costs more than the look at both ends.
        if (_bySize.Count == 0 || _bySize.Max.Length < length)
        {
            start = 0;
            return false;
        }

        var best = _bySize.Min.Length >= length ? _bySize.Min : _bySize.GetViewBetween((length, long.MinValue), (long.MaxValue, long.MaxValue)).Min;
        start = best.Start;
        Cut(best.Start, best.Length, length);
        return true;
    }

    /// <summary>Takes so many bytes from a place on, when they are all free.</summary>
    public bool TryTakeAt(long start, long length)
    {
        if (!_lengthByStart.TryGetValue(start, out var found) || found < length)
        {
            return false;
        }

        Cut(start, found, length);
        return true;
    }

    /// <summary>All of them, for the integrity check.</summary>
    public IEnumerable<(long Start, long Length)> All() => _lengthByStart.Select(static e => (e.Key, e.Value));

    private void Cut(long start, long length, long taken)
    {
        Remove(start, length);
        if (length > taken)
        {
            Add(start + taken, length - taken);
        }
    }

    private void Remove(long start, long length)
    {
        _bySize.Remove((length, start));
        _lengthByStart.Remove(start);
        _startByEnd.Remove(start + length);
        Bytes -= length;
    }
}
