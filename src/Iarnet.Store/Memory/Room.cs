namespace Iarnet.Store.Memory;

/// <summary>
/// Waiting for memory: first come, first served, so that small objects do not starve a large one, and never longer than the store says.
/// Thread-safe.
/// </summary>
internal sealed class Room(Pool pool, string place, TimeSpan longestWait, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _queue = new();
    private int _waiting;

    /// <summary>Called, perhaps often, while somebody waits: whoever can make room does so. Must not block.</summary>
    public Action? Pressed { get; set; }

    /// <summary>Says who holds what, for errors.</summary>
    public Func<string>? Blame { get; set; }

    /// <summary>How many wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>How many ever had to wait.</summary>
    public long Waits { get; private set; }

    /// <summary>What the longest waiting one wants, in bytes; 0 when nobody waits.</summary>
    public long Wanted
    {
        get
        {
            lock (_lock)
            {
                return _queue.First is { } first ? Pool.Cost(first.Value.Size) : 0;
            }
        }
    }

    /// <summary>Memory that is there now, unless others wait for it.</summary>
    public bool TryAllocate(long size, out Block block)
    {
        block = Block.Empty;
        return (Waiting == 0 || size == 0) && pool.TryAllocate(size, out block);
    }

    /// <summary>Memory, as soon as there is some.</summary>
    /// <exception cref="StoreFullException">There was none in time.</exception>
    public async ValueTask<Block> AllocateAsync(long size, CancellationToken cancellationToken)
    {
        if (Pool.Cost(size) > pool.Limit)
        {
            throw new StoreFullException(
                $"An object of {size} bytes takes {Pool.Cost(size)} and the whole store may have {pool.Limit}. Raise {nameof(ObjectStoreOptions)}.{nameof(ObjectStoreOptions.MemoryLimit)} or split the object.");
        }

        if (TryAllocate(size, out var block))
        {
            return block;
        }

        var waiter = new Waiter(size);
        LinkedListNode<Waiter> node;
        lock (_lock)
        {
            Interlocked.Increment(ref _waiting);
            Waits++;
            node = _queue.AddLast(waiter);
        }

        // What was freed before it counted itself.
        Serve();
        try
        {
            return await waiter.Task.WaitAsync(longestWait, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            lock (_lock)
            {
                if (waiter.Task.IsCompletedSuccessfully)
                {
                    if (error is TimeoutException)
                    {
                        return waiter.Task.Result;
                    }
                }
                else
                {
                    _queue.Remove(node);
                    Interlocked.Decrement(ref _waiting);
                }
            }

            if (waiter.Task.IsCompletedSuccessfully)
            {
                pool.Free(await waiter.Task.ConfigureAwait(false), size);
            }

            // Whoever stood behind it may fit.
            Serve();
            throw error is TimeoutException ? Full(size) : error;
        }
    }

    /// <summary>Memory came back.</summary>
    public void Freed()
    {
        // Whoever counts itself as waiting after this line tries once more after that, and finds what was freed before it.
        Interlocked.MemoryBarrier();
        if (Waiting > 0)
        {
            Serve();
        }
    }

    private void Serve()
    {
        bool pressed;
        lock (_lock)
        {
            while (_queue.First is { } first && pool.TryAllocate(first.Value.Size, out var block))
            {
                _queue.RemoveFirst();
                Interlocked.Decrement(ref _waiting);
                first.Value.SetResult(block);
            }

            pressed = _queue.First is not null;
        }

        if (pressed)
        {
            Pressed?.Invoke();
        }
    }

    private StoreFullException Full(long size) => new(
        $"No room for an object of {size} bytes within {longestWait.TotalSeconds:0.###} s: objects take {pool.Used} of {pool.Limit} bytes, {pool.Committed} bytes of {place} are taken, and nothing that is left may go. " +
        "Release objects or leases, raise the limit, or let the store spill to disk." + (Blame?.Invoke() ?? ""));

    private sealed class Waiter(long size) : TaskCompletionSource<Block>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Size => size;
    }
}
