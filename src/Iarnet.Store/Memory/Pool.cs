namespace Iarnet.Store.Memory;

/// <summary>
/// The memory of a store's objects: small ones in slabs, others in pages of their own. Never waits. Thread-safe.
/// </summary>
internal sealed unsafe class Pool
{
    // A store that has little memory must not give much of it to sizes that hardly occur.
    private const long LargeLimit = 256L << 20;
    private const int SmallSlab = 64 * 1024;
    private const int LargeSlab = 256 * 1024;

    private readonly Lock _lock = new();
    private readonly Pages _pages;
    private readonly ExtentAllocator _extents;
    private readonly PoolWindows _windows;
    private readonly List<Slab?> _slabs = [];
    private readonly Stack<int> _unusedNumbers = [];
    private readonly List<Slab>[] _withRoom = new List<Slab>[SlabClasses.Count];

    // One empty slab of a class stays, so that putting and releasing one object does not make one each time.
    private readonly Slab?[] _spare = new Slab?[SlabClasses.Count];
    private readonly int _slabBytes;
    private long _used;

    public Pool(Pages pages, long limit, long idleLimit)
    {
        _pages = pages;
        _extents = new ExtentAllocator(pages, limit, idleLimit);
        _windows = new PoolWindows(pages);
        _slabBytes = limit < LargeLimit ? SmallSlab : LargeSlab;
        for (var i = 0; i < _withRoom.Length; i++)
        {
            _withRoom[i] = [];
        }
    }

    public long Limit => _extents.Limit;

    /// <summary>Bytes of blocks in use.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Bytes that have memory.</summary>
    public long Committed => _extents.Committed;

    /// <summary>Bytes that have memory and wait for an object.</summary>
    public long Idle => _extents.Idle;

    /// <summary>The addresses, for other processes to map.</summary>
    public long Length => _pages.Length;

    /// <summary>What an object of this size takes.</summary>
    public static long Cost(long size) => size switch
    {
        0 => 0,
        <= SlabClasses.Largest => SlabClasses.Bytes(SlabClasses.Of((int)size)),
        _ => Pages.RoundUp(size),
    };

    /// <summary>Memory for an object that is there now.</summary>
    /// <param name="size">The object's size.</param>
    /// <param name="block">Where it lies.</param>
    /// <param name="beyondLimit">Whether the limit does not count, for what was taken in already.</param>
    public bool TryAllocate(long size, out Block block, bool beyondLimit = false)
    {
        block = Block.Empty;
        if (size == 0)
        {
            return true;
        }

        if (size <= SlabClasses.Largest && TryTakeFromSlab(SlabClasses.Of((int)size), beyondLimit, out block))
        {
            Interlocked.Add(ref _used, Cost(size));
            return true;
        }

        // Where there is no room for a whole slab there may be some for one object.
        if (!TryTakePages(Pages.RoundUp(size), beyondLimit, out block))
        {
            return false;
        }

        Interlocked.Add(ref _used, Pages.RoundUp(size));
        return true;
    }

    /// <summary>Makes a block hold more where it lies, if it can.</summary>
    public bool TryExtend(in Block block, long size, long newSize)
    {
        if (size == 0 || block.Slab != Block.NoSlab)
        {
            return size > 0 && newSize <= SlabClasses.Largest && SlabClasses.Of((int)size) == SlabClasses.Of((int)newSize);
        }

        var (had, wanted) = (Pages.RoundUp(size), Pages.RoundUp(newSize));
        if (had != wanted && !_extents.TryExtend(block.Offset, had, wanted))
        {
            return false;
        }

        Interlocked.Add(ref _used, wanted - had);
        return true;
    }

    /// <summary>Gives the pages back that a shorter object does not need. A block in a slab stays as it is.</summary>
    public Block Shrink(in Block block, long size, long newSize)
    {
        if (newSize == 0)
        {
            Free(block, size);
            return Block.Empty;
        }

        var (had, wanted) = (Pages.RoundUp(size), Pages.RoundUp(newSize));
        if (block.Slab == Block.NoSlab && had > wanted)
        {
            Interlocked.Add(ref _used, wanted - had);
            _extents.Free(block.Offset + wanted, had - wanted);
        }

        return block;
    }

    /// <summary>Takes the memory of an object of this size back.</summary>
    public void Free(in Block block, long size)
    {
        if (size == 0)
        {
            return;
        }

        if (block.Slab == Block.NoSlab)
        {
            var length = Pages.RoundUp(size);
            Interlocked.Add(ref _used, -length);
            _extents.Free(block.Offset, length);
            return;
        }

        Slab? empty;
        lock (_lock)
        {
            var slab = _slabs[block.Slab]!;
            slab.Return(block.Offset);
            Interlocked.Add(ref _used, -SlabClasses.Bytes(slab.Class));
            empty = Returned(slab);
        }

        if (empty is not null)
        {
            _extents.Free(empty.Pages, _slabBytes);
        }
    }

    /// <summary>Gives back to the system what is not in use.</summary>
    public void Trim()
    {
        FreeSpares();
        _extents.Decommit(long.MaxValue);
    }

    /// <summary>The bytes of a block, up to 2 GiB.</summary>
    public Memory<byte> Memory(long offset, int size) => size == 0 ? default : _windows.Memory(offset, size);

    /// <inheritdoc cref="Memory"/>
    public Span<byte> Span(long offset, int size) => new(_pages.Address + offset, size);

    /// <summary>Whether the blocks of objects and what is free make up the whole; throws what is wrong.</summary>
    public void Check(IReadOnlyCollection<(Block Block, long Size)> objects)
    {
        lock (_lock)
        {
            var used = objects.Where(static o => o.Size > 0 && o.Block.Slab == Block.NoSlab).Select(static o => (o.Block.Offset, Pages.RoundUp(o.Size)));
            var slabs = _slabs.OfType<Slab>().ToArray();
            _extents.Check(used.Concat(slabs.Select(s => (s.Pages, (long)_slabBytes))));
            var blocks = objects.Where(static o => o.Size > 0 && o.Block.Slab != Block.NoSlab).GroupBy(static o => o.Block.Slab).ToDictionary(static g => g.Key, static g => g.Select(static o => o.Block.Offset).Distinct().Count());
            foreach (var slab in slabs)
            {
                if (slab.Blocks - slab.Free != blocks.GetValueOrDefault(slab.Number))
                {
                    throw new IarnetException($"The slab at {slab.Start} counts {slab.Blocks - slab.Free} blocks in use; objects have {blocks.GetValueOrDefault(slab.Number)}.");
                }
            }
        }
    }

    private bool TryTakePages(long length, bool beyondLimit, out Block block)
    {
        var taken = TryTakeExtent(length, beyondLimit, out var start);
        block = new Block(start, Block.NoSlab);
        return taken;
    }

    private bool TryTakeExtent(long length, bool beyondLimit, out long start) =>
        _extents.TryAllocate(length, out start, beyondLimit) || (FreeSpares() && _extents.TryAllocate(length, out start, beyondLimit));

    private bool FreeSpares()
    {
        var freed = false;
        for (var i = 0; i < _spare.Length; i++)
        {
            Slab? spare;
            lock (_lock)
            {
                spare = _spare[i];
                if (spare is not null)
                {
                    Forget(spare);
                }
            }

            if (spare is not null)
            {
                _extents.Free(spare.Pages, _slabBytes);
                freed = true;
            }
        }

        return freed;
    }

    private bool TryTakeFromSlab(int slabClass, bool beyondLimit, out Block block)
    {
        lock (_lock)
        {
            if (TryTake(slabClass, out block))
            {
                return true;
            }
        }

        // Outside of the lock: giving pages memory takes time.
        if (!TryTakeExtent(_slabBytes, beyondLimit, out var start))
        {
            return false;
        }

        lock (_lock)
        {
            var slab = new Slab(slabClass, start, _slabBytes, SlabClasses.Shift(slabClass, start / _slabBytes));
            if (_unusedNumbers.TryPop(out var number))
            {
                _slabs[number] = slab;
            }
            else
            {
                number = _slabs.Count;
                _slabs.Add(slab);
            }

            slab.Number = number;
            AddWithRoom(slab);
            return TryTake(slabClass, out block);
        }
    }

    private bool TryTake(int slabClass, out Block block)
    {
        var withRoom = _withRoom[slabClass];
        if (withRoom.Count == 0)
        {
            block = Block.Empty;
            return false;
        }

        var slab = withRoom[^1];
        block = new Block(slab.Take(), slab.Number);
        if (_spare[slabClass] == slab)
        {
            _spare[slabClass] = null;
        }

        if (slab.Free == 0)
        {
            RemoveWithRoom(slab);
        }

        return true;
    }

    // The slab, when its pages are to go back.
    private Slab? Returned(Slab slab)
    {
        if (slab.Position < 0)
        {
            AddWithRoom(slab);
        }

        if (slab.Free < slab.Blocks)
        {
            return null;
        }

        if (_spare[slab.Class] is null)
        {
            _spare[slab.Class] = slab;
            return null;
        }

        Forget(slab);
        return slab;
    }

    private void Forget(Slab slab)
    {
        if (_spare[slab.Class] == slab)
        {
            _spare[slab.Class] = null;
        }

        RemoveWithRoom(slab);
        _slabs[slab.Number] = null;
        _unusedNumbers.Push(slab.Number);
    }

    private void AddWithRoom(Slab slab)
    {
        slab.Position = _withRoom[slab.Class].Count;
        _withRoom[slab.Class].Add(slab);
    }

    private void RemoveWithRoom(Slab slab)
    {
        var list = _withRoom[slab.Class];
        var last = list[^1];
        list[slab.Position] = last;
        last.Position = slab.Position;
        list.RemoveAt(list.Count - 1);
        slab.Position = -1;
    }
}
