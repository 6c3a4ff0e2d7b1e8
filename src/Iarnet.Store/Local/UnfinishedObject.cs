using Iarnet.Objects;
using Iarnet.Store.Memory;

namespace Iarnet.Store;

/// <summary>
/// An object that is being written: by this process, or in place by another one that has the pool mapped.
/// Whoever writes it disposes it, and only then does memory that was not sealed go back to the pool: nobody else's object is written over.
/// </summary>
internal sealed class UnfinishedObject(ObjectStore store, Owner owner, PutOptions options, WriterKind writer) : IDisposable
{
    private readonly Lock _lock = new();
    private Block _block = Block.Empty;
    private long _reserved;
    private bool _closed;

    public Owner Owner => owner;

    public PutOptions Options => options;

    public ObjectId Id { get; } = options.Id ?? ObjectId.New();

    /// <summary>The key in the index.</summary>
    public UInt128 Key => Origin is { } origin ? ObjectKeys.OfCopy(origin) : Id.Value;

    /// <summary>Of what it is a copy, if it is one.</summary>
    public ObjectRef? Origin { get; init; }

    /// <summary>The object that was there already, which makes this one superfluous.</summary>
    public ObjectRef? Existing { get; set; }

    /// <summary>Whether another process writes it in place.</summary>
    public bool IsMapped => writer == WriterKind.Mapped;

    public ObjectStore Store => store;

    public long Written { get; private set; }

    /// <summary>For how many bytes there is room.</summary>
    public long Reserved => _reserved;

    /// <summary>Where the bytes go in the pool.</summary>
    public long Offset => _block.Offset;

    /// <summary>Its memory and how many bytes were asked for; for the integrity check, under the store's lock.</summary>
    public (Block Block, long Size) Held => (_block, _reserved);

    /// <summary>Makes room for this many bytes in all, keeping those written.</summary>
    public async ValueTask ReserveAsync(long size, CancellationToken cancellationToken)
    {
        store.CheckSize(size);
        if (size <= _reserved)
        {
            return;
        }

        // Doubling, as long as the limit allows, makes a stream of unknown size cost two copies in all at the worst.
        var wanted = _reserved == 0 ? size : Math.Max(size, Math.Min(2 * _reserved, store.MaxObjectBytes));
        lock (_lock)
        {
            if (!_closed && _reserved > 0 && (store.Pool.TryExtend(_block, _reserved, wanted) || (wanted > size && store.Pool.TryExtend(_block, _reserved, wanted = size))))
            {
                _reserved = wanted;
                return;
            }
        }

        var block = await store.AllocateAsync(wanted, cancellationToken).ConfigureAwait(false);
        var old = new Freed(block, wanted);
        lock (_lock)
        {
            if (!_closed)
            {
                Copy(_block.Offset, block.Offset, Written);
                old = new Freed(_block, _reserved);
                _block = block;
                _reserved = wanted;
            }
        }

        store.GiveBack(old);
        ThrowIfClosed();
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken)
    {
        await ReserveAsync(Written + chunk.Length, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            if (!_closed)
            {
                chunk.Span.CopyTo(store.Pool.Span(_block.Offset + Written, chunk.Length));
                Written += chunk.Length;
            }
        }

        ThrowIfClosed();
    }

    /// <summary>What is reserved and not written, up to 1 GiB of it.</summary>
    public Memory<byte> Rest()
    {
        lock (_lock)
        {
            ThrowIfClosed();
            return store.Pool.Memory(_block.Offset + Written, (int)Math.Min(_reserved - Written, 1 << 30));
        }
    }

    /// <summary>So many bytes were written into <see cref="Rest"/>.</summary>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, _reserved - Written);
        Written += count;
    }

    /// <summary>Takes the memory out to become an object; null when it was given up.</summary>
    public (Block Block, long Reserved)? Take()
    {
        lock (_lock)
        {
            return _closed ? null : Empty();
        }
    }

    /// <summary>The owner is gone: it can never be sealed. The memory stays until the writer stops, who may be writing at this moment.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
        }
    }

    /// <summary>The writer has stopped, or its process has ended: what was not sealed is given up.</summary>
    public void Dispose()
    {
        store.Forget(this);
        (Block Block, long Reserved) left;
        lock (_lock)
        {
            left = Empty();
        }

        store.GiveBack(new Freed(left.Block, left.Reserved));
    }

    private (Block Block, long Reserved) Empty()
    {
        var held = (_block, _reserved);
        _closed = true;
        _block = Block.Empty;
        _reserved = 0;
        return held;
    }

    private void Copy(long from, long to, long count)
    {
        const int Step = 1 << 30;
        for (var at = 0L; at < count; at += Step)
        {
            var length = (int)Math.Min(Step, count - at);
            store.Pool.Span(from + at, length).CopyTo(store.Pool.Span(to + at, length));
        }
    }

    private void ThrowIfClosed()
    {
        if (Volatile.Read(ref _closed))
        {
            throw new OwnerReleasedException(owner.Name);
        }
    }
}
