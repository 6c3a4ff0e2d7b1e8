using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Iarnet.Store.Memory;

/// <summary>
/// The store's memory: hands out blocks within one limit, recycles segments, and when there is no room waits for some, but not for ever.
/// Thread-safe. The lock guards figures and the idle list; files are made and deleted outside of it.
/// </summary>
internal sealed partial class BlockAllocator
{
    private readonly ObjectStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private readonly LinkedList<SharedBlock> _idle = new();
    private readonly long _idleLimit;

    // Names are never used twice, also not by the next store in the same folder: readers cache mappings by name.
    private readonly string _prefix;
    private TaskCompletionSource _freed = NewSignal();
    private long _used;
    private long _shared;
    private long _idleBytes;
    private long _names;
    private int _waiting;
    private bool _closed;

    public BlockAllocator(ObjectStoreOptions options, long limit, TimeProvider time, ILogger log)
    {
        _options = options;
        _time = time;
        _log = log;
        Limit = limit;
        _idleLimit = options.IdleSegmentBytes ?? Math.Min(1L << 30, limit / 4);
        _prefix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3));
    }

    public long Limit { get; }

    /// <summary>Bytes of live blocks and of idle segments.</summary>
    public long Used => Read(ref _used);

    /// <summary>Bytes of all segment files.</summary>
    public long Shared => Read(ref _shared);

    /// <summary>Bytes of segments that wait for an object.</summary>
    public long Idle => Read(ref _idleBytes);

    /// <summary>Whether objects of this size go to shared memory.</summary>
    public bool IsShared(long size) => _options.SegmentFolder is not null && size >= _options.SharedMinimum;

    /// <summary>A block of at least this size.</summary>
    /// <exception cref="StoreFullException">No room came up within the time of <see cref="ObjectStoreOptions.FullWait"/>.</exception>
    public async ValueTask<Block> AllocateAsync(long size, CancellationToken cancellationToken)
    {
        var shared = IsShared(size);
        var capacity = shared ? SizeClasses.Capacity(size) : PooledBlock.CapacityFor(size);
        if (capacity > Limit)
        {
            throw new StoreFullException(
                $"An object of {size} bytes takes {capacity} bytes and the whole store may have {Limit}. Raise {nameof(ObjectStoreOptions)}.{nameof(ObjectStoreOptions.MemoryLimit)} or split the object.");
        }

        if (TryAllocate(capacity, shared, out var block))
        {
            return block!;
        }

        Interlocked.Increment(ref _waiting);
        try
        {
            return await WaitAsync(capacity, shared, cancellationToken).ConfigureAwait(false) ?? throw Full(size, capacity, shared);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Takes a block back; a segment waits for the next object unless it is tainted or enough wait already.</summary>
    public void Free(Block block)
    {
        if (block is PooledBlock pooled)
        {
            pooled.Return();
            lock (_lock)
            {
                _used -= block.Capacity;
            }
        }
        else
        {
            FreeShared((SharedBlock)block);
        }

        SignalFreed();
    }

    /// <summary>Deletes the idle segments; those in use are deleted as they come back.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
        }

        Drop(long.MaxValue);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Null when the time was over.
    private async ValueTask<Block?> WaitAsync(long capacity, bool shared, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            // Before the try: a block freed right after it must not be missed.
            var freed = Volatile.Read(ref _freed).Task;
            if (TryAllocate(capacity, shared, out var block))
            {
                return block;
            }

            var left = _options.FullWait - _time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                return null;
            }

            try
            {
                await freed.WaitAsync(left, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return null;
            }
        }
    }

    private long Read(ref long figure)
    {
        lock (_lock)
        {
            return figure;
        }
    }

    private bool TryAllocate(long capacity, bool shared, out Block? block)
    {
        block = null;
        if (shared && OperatingSystem.IsLinux())
        {
            return TryAllocateShared(capacity, out block);
        }

        if (!TryReserve(capacity))
        {
            return false;
        }

        try
        {
            block = PooledBlock.Rent(capacity);
            return true;
        }
        catch (OutOfMemoryException)
        {
            // The machine has less than the limit allows: as full as the limit reached.
            lock (_lock)
            {
                _used -= capacity;
            }

            return false;
        }
    }

    private bool TryReserve(long capacity)
    {
        lock (_lock)
        {
            if (_used + capacity <= Limit)
            {
                _used += capacity;
                return true;
            }

            if (_used - _idleBytes + capacity > Limit)
            {
                return false;
            }
        }

        // Idle segments make way for what is needed now.
        Drop(capacity);

        lock (_lock)
        {
            if (_used + capacity > Limit)
            {
                return false;
            }

            _used += capacity;
            return true;
        }
    }

    private void SignalFreed()
    {
        // Whoever counts itself as waiting after this line tries once more after that, and finds what was freed before it.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waiting) > 0)
        {
            Interlocked.Exchange(ref _freed, NewSignal()).TrySetResult();
        }
    }

    private StoreFullException Full(long size, long capacity, bool shared)
    {
        long used, idle;
        lock (_lock)
        {
            (used, idle) = (_used, _idleBytes);
        }

        var place = shared ? $"the segment folder '{_options.SegmentFolder}' or the limit" : "the limit";
        return new StoreFullException(
            $"No room for an object of {size} bytes ({capacity} with its block) within {_options.FullWait.TotalSeconds:0.###} s: {used - idle} of {Limit} bytes are in use, and {place} leaves no more. " +
            "Release objects, or raise the limit.");
    }
}
