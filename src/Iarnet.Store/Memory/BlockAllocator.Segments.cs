using System.Runtime.Versioning;

namespace Iarnet.Store.Memory;

/// <content>Segments: made, recycled, dropped.</content>
internal sealed partial class BlockAllocator
{
    [SupportedOSPlatform("linux")]
    private bool TryAllocateShared(long capacity, out Block? block)
    {
        if (TryRecycle(capacity, out block))
        {
            return true;
        }

        if (!TryReserve(capacity))
        {
            return false;
        }

        try
        {
            var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{_prefix}-{Interlocked.Increment(ref _names):x8}.seg");
            if (SharedBlock.TryCreate(_options.SegmentFolder!, name, capacity, out var made)
                || (Drop(long.MaxValue) > 0 && SharedBlock.TryCreate(_options.SegmentFolder!, name, capacity, out made)))
            {
                lock (_lock)
                {
                    _shared += capacity;
                }

                block = made;
                return true;
            }
        }
        finally
        {
            if (block is null)
            {
                lock (_lock)
                {
                    _used -= capacity;
                }
            }
        }

        return false;
    }

    // Exact, or up to half as large again: more would waste what somebody may wait for.
    private bool TryRecycle(long capacity, out Block? block)
    {
        lock (_lock)
        {
            LinkedListNode<SharedBlock>? best = null;
            for (var node = _idle.Last; node is not null; node = node.Previous)
            {
                var candidate = node.Value.Capacity;
                if (candidate >= capacity && candidate <= capacity + (capacity / 2) && (best is null || candidate < best.Value.Capacity))
                {
                    best = node;
                    if (candidate == capacity)
                    {
                        break;
                    }
                }
            }

            block = best?.Value;
            if (best is null)
            {
                return false;
            }

            _idle.Remove(best);
            _idleBytes -= best.Value.Capacity;
            return true;
        }
    }

    private void FreeShared(SharedBlock block)
    {
        long excess;
        lock (_lock)
        {
            if (_closed || block.Tainted || block.Capacity > _idleLimit)
            {
                excess = -1;
            }
            else
            {
                _idle.AddLast(block);
                _idleBytes += block.Capacity;
                excess = _idleBytes - _idleLimit;
            }
        }

        if (excess == -1)
        {
            Delete(block);
        }
        else if (excess > 0)
        {
            Drop(excess);
        }
    }

    // The longest idle first; gives the bytes that were dropped.
    private long Drop(long bytes)
    {
        var dropped = new List<SharedBlock>();
        long sum = 0;
        lock (_lock)
        {
            while (sum < bytes && _idle.First is { } oldest)
            {
                _idle.RemoveFirst();
                _idleBytes -= oldest.Value.Capacity;
                sum += oldest.Value.Capacity;
                dropped.Add(oldest.Value);
            }
        }

        foreach (var block in dropped)
        {
            Delete(block);
        }

        if (sum > 0)
        {
            // More may have made way than the caller takes, and somebody may wait for the rest.
            SignalFreed();
        }

        return sum;
    }

    private void Delete(SharedBlock block)
    {
        try
        {
            block.Destroy();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _log.SegmentNotDeleted(error, block.File);
        }

        lock (_lock)
        {
            _used -= block.Capacity;
            _shared -= block.Capacity;
        }
    }
}
