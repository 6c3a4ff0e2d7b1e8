namespace Iarnet.Store.Memory;

/// <summary>
/// Hands out ranges of whole pages within a limit of memory. A range that comes back keeps its memory for the next one, up to a limit, because
/// giving a page memory costs many times what copying into it does. Thread-safe; memory is given and taken outside of the lock.
/// </summary>
internal sealed class ExtentAllocator
{
    private readonly Lock _lock = new();
    private readonly Pages _pages;
    private readonly long _idleLimit;

    // With memory, and without.
    private readonly FreeExtents _idle = new();
    private readonly FreeExtents _bare = new();
    private long _committed;

    public ExtentAllocator(Pages pages, long limit, long idleLimit)
    {
        _pages = pages;
        Limit = limit / Pages.PageBytes * Pages.PageBytes;
        _idleLimit = idleLimit;
        _bare.Add(0, pages.Length);
    }

    /// <summary>What <see cref="Committed"/> may reach.</summary>
    public long Limit { get; }

    /// <summary>Bytes that have memory: in use and idle.</summary>
    public long Committed
    {
        get
        {
            lock (_lock)
            {
                return _committed;
            }
        }
    }

    /// <summary>Bytes that have memory and wait for a use.</summary>
    public long Idle
    {
        get
        {
            lock (_lock)
            {
                return _idle.Bytes;
            }
        }
    }

    /// <summary>A range of so many bytes, whole pages.</summary>
    public bool TryAllocate(long length, out long start, bool beyondLimit = false)
    {
        lock (_lock)
        {
            if (_idle.TryTake(length, out start))
            {
                return true;
            }

            if (!beyondLimit && _committed - _idle.Bytes + length > Limit)
            {
                return false;
            }
        }

        return TryCommitNew(length, beyondLimit ? long.MaxValue : Limit, out start);
    }

    /// <summary>Makes a range longer where it lies; false when what follows it is taken or there is no room.</summary>
    public bool TryExtend(long start, long length, long newLength)
    {
        var end = start + length;
        var more = newLength - length;
        lock (_lock)
        {
            if (_idle.TryTakeAt(end, more))
            {
                return true;
            }

            if (_committed + more > Limit || !_bare.TryTakeAt(end, more))
            {
                return false;
            }

            _committed += more;
        }

        return Commit(end, more);
    }

    /// <summary>Takes a range back, or a part of one.</summary>
    public void Free(long start, long length)
    {
        long excess;
        lock (_lock)
        {
            _idle.Add(start, length);
            excess = _idle.Bytes - _idleLimit;
        }

        if (excess > 0)
        {
            Decommit(excess);
        }
    }

    /// <summary>Takes memory from idle ranges, the longest first; gives how many bytes.</summary>
    public long Decommit(long bytes)
    {
        var sum = 0L;
        while (sum < bytes)
        {
            long start, length;
            lock (_lock)
            {
                if (_idle.Count == 0)
                {
                    break;
                }

                (length, start) = _idle.Longest;
                length = bytes - sum >= length ? length : Pages.RoundUp(bytes - sum);
                _idle.TryTakeAt(start, length);
            }

            _pages.Decommit(start, length);
            lock (_lock)
            {
                _bare.Add(start, length);
                _committed -= length;
            }

            sum += length;
        }

        return sum;
    }

    /// <summary>Whether ranges in use, idle and bare make up the whole without overlapping; throws what is wrong.</summary>
    public void Check(IEnumerable<(long Start, long Length)> used)
    {
        lock (_lock)
        {
            var at = 0L;
            foreach (var (start, length) in used.Concat(_idle.All()).Concat(_bare.All()).OrderBy(static e => e.Start))
            {
                if (start != at)
                {
                    throw new IarnetException($"The pool's ranges do not fit: one ends at {at}, the next begins at {start}.");
                }

                at = start + length;
            }

            if (at != _pages.Length || _committed != _pages.Length - _bare.Bytes)
            {
                throw new IarnetException($"The pool's ranges end at {at} of {_pages.Length}, and {_committed} bytes have memory where {_pages.Length - _bare.Bytes} were expected.");
            }
        }
    }

    private bool TryCommitNew(long length, long limit, out long start)
    {
        for (var attempt = 0; ; attempt++)
        {
            long missing;
            var taken = false;
            lock (_lock)
            {
                start = 0;
                missing = _committed + length - limit;
                if (missing <= 0)
                {
                    if (!_bare.TryTake(length, out start))
                    {
                        // Addresses are cut up, which is far from likely with several times as many as memory: join what is idle to them.
                        missing = _idle.Bytes;
                    }
                    else
                    {
                        _committed += length;
                        taken = true;
                    }
                }
            }

            if (taken && Commit(start, length))
            {
                return true;
            }

            // The system has less than the limit allows: as full as the limit reached, unless idle memory helps.
            if (attempt == 8 || Decommit(taken ? long.MaxValue : missing) == 0)
            {
                return false;
            }
        }
    }

    private bool Commit(long start, long length)
    {
        if (_pages.TryCommit(start, length))
        {
            return true;
        }

        lock (_lock)
        {
            _bare.Add(start, length);
            _committed -= length;
        }

        return false;
    }
}
