using Iarnet.Objects;
using Iarnet.Store.Memory;

namespace Iarnet.Store;

/// <summary>
/// An object that is being written: by this process chunk by chunk, or in place by another process that has its segment mapped.
/// Its own lock orders writing against giving up, so that no byte is copied into a block that went back to the allocator.
/// </summary>
internal sealed class UnfinishedObject(ObjectStore store, Owner owner, ObjectId id, string codec, WriterKind writer) : IDisposable
{
    private readonly Lock _lock = new();
    private Block? _block;
    private bool _closed;
    private int _written;

    public Owner Owner => owner;

    public ObjectId Id => id;

    public string Codec => codec;

    /// <summary>Whether another process writes it in place.</summary>
    public bool IsMapped => writer == WriterKind.Mapped;

    public int Written => _written;

    public long Size { get; private set; }

    /// <summary>Where the other process writes.</summary>
    public string? File => _block?.File;

    /// <summary>Makes room for this many bytes in all, keeping those written.</summary>
    public async ValueTask ReserveAsync(long size, CancellationToken cancellationToken)
    {
        store.CheckSize(size);
        if (_block is not null && size <= _block.Capacity)
        {
            Size = Math.Max(Size, size);
            return;
        }

        // Doubling, as long as the limit allows, makes a stream of unknown size cost two copies in all.
        var wanted = _block is null ? size : Math.Max(size, Math.Min(2 * _block.Capacity, store.MaxObjectBytes));
        var block = await store.Allocator.AllocateAsync(wanted, cancellationToken).ConfigureAwait(false);
        Block? old;
        lock (_lock)
        {
            old = _block;
            if (_closed)
            {
                old = block;
            }
            else
            {
                old?.Span(_written).CopyTo(block.Span(_written));
                _block = block;
                Size = size;
            }
        }

        if (old is not null)
        {
            store.Allocator.Free(old);
        }

        ThrowIfClosed();
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken)
    {
        await ReserveAsync((long)_written + chunk.Length, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            if (!_closed)
            {
                var end = _written + chunk.Length;
                chunk.CopyTo(_block!.Span(end)[_written..]);
                _written = end;
            }
        }

        ThrowIfClosed();
    }

    /// <summary>Takes the block out to become an object; null when it was given up.</summary>
    public Block? Take()
    {
        lock (_lock)
        {
            var block = _closed ? null : _block;
            _closed = true;
            _block = null;
            return block;
        }
    }

    /// <summary>Gives it up.</summary>
    /// <param name="taint">The writer did not say that it stopped: its memory must not be used again.</param>
    public void Abandon(bool taint)
    {
        if (Take() is { } block)
        {
            block.Tainted |= taint && IsMapped;
            store.Allocator.Free(block);
        }
    }

    public void Dispose() => store.Forget(this);

    private void ThrowIfClosed()
    {
        if (Volatile.Read(ref _closed))
        {
            throw new OwnerReleasedException(owner.Name);
        }
    }
}
