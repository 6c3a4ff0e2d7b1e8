using Iarnet.Objects;
using Iarnet.Store.Index;

namespace Iarnet.Store;

public sealed partial class ObjectStore
{
    private readonly HashSet<UnfinishedObject> _unfinished = [];

    /// <summary>
    /// Begins an object whose size need not be known: bytes are written into its place, and it is there for others when it is sealed.
    /// </summary>
    /// <param name="options">How it is put.</param>
    /// <param name="sizeHint">How large it will be, as far as is known: room is made for so much at first.</param>
    /// <param name="cancellationToken">Ends the wait for room.</param>
    /// <returns>The writer; disposing it before it is sealed gives the object up.</returns>
    /// <exception cref="StoreFullException">No room came up within <see cref="ObjectStoreOptions.FullWait"/>, or the owner's quota is used up.</exception>
    /// <exception cref="MessageTooLargeException">The hint is more than <see cref="MaxObjectBytes"/>.</exception>
    public async ValueTask<ObjectWriter> CreateAsync(PutOptions options, long sizeHint = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        return new ObjectWriter(await BeginAsync(options with { }, sizeHint, WriterKind.Local, cancellationToken, evenIfThere: true).ConfigureAwait(false));
    }

    /// <summary>Begins an object that is written step by step; disposing it before it is sealed gives it up.</summary>
    internal async ValueTask<UnfinishedObject> BeginAsync(
        PutOptions options, long size, WriterKind writer, CancellationToken cancellationToken, bool evenIfThere = false, ObjectRef? origin = null)
    {
        options.Check();
        CheckSize(size);
        if (options.Durable && _options.DurableFolder is null)
        {
            throw new ArgumentException($"The object is to be durable and the store has no {nameof(ObjectStoreOptions)}.{nameof(ObjectStoreOptions.DurableFolder)}.");
        }

        var holder = Enter(options.Owner ?? _options.Owner, isRemote: writer != WriterKind.Local);
        var begun = new UnfinishedObject(this, holder, options, writer) { Origin = origin };
        var kept = false;
        try
        {
            if (!evenIfThere && options.Id is { } id && TryAddReference(id, holder))
            {
                begun.Existing = new ObjectRef(id, Source);
            }
            else
            {
                await begun.ReserveAsync(size, cancellationToken).ConfigureAwait(false);
            }

            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_closed, this);
                if (holder.IsReleased)
                {
                    throw new OwnerReleasedException(holder.Name);
                }

                holder.Unfinished.Add(begun);
                _unfinished.Add(begun);
            }

            kept = true;
            return begun;
        }
        finally
        {
            if (!kept)
            {
                begun.Dispose();
            }

            Leave(holder);
        }
    }

    /// <summary>Makes an object of what was written. Only the first call for an unfinished object succeeds.</summary>
    internal async ValueTask<(ObjectRef Reference, bool Existed)> SealAsync(UnfinishedObject unfinished, long size, CancellationToken cancellationToken)
    {
        var reference = Seal(unfinished, size, out var existed);
        if (unfinished.Options.Durable)
        {
            await KeepAsync(reference, unfinished.Options, cancellationToken).ConfigureAwait(false);
        }

        return (reference, existed);
    }

    /// <summary>As <see cref="SealAsync"/> for what is not durable.</summary>
    internal ObjectRef Seal(UnfinishedObject unfinished, long size, out bool existed)
    {
        var owner = unfinished.Owner;
        lock (_lock)
        {
            _unfinished.Remove(unfinished);
            owner.Unfinished.Remove(unfinished);
            owner.InFlight++;
        }

        try
        {
            var (block, reserved) = unfinished.Take() ?? throw new OwnerReleasedException(owner.Name);
            block = _pool.Shrink(block, reserved, size);
            var kept = false;
            try
            {
                kept = Insert(unfinished, block, size);
            }
            finally
            {
                if (!kept)
                {
                    Free(new Freed(block, size));
                }
            }

            existed = !kept;
        }
        finally
        {
            Leave(owner);
        }

        return new ObjectRef(unfinished.Id, Source);
    }

    /// <summary>It is not under way any more.</summary>
    internal void Forget(UnfinishedObject unfinished)
    {
        lock (_lock)
        {
            if (_unfinished.Remove(unfinished) && unfinished.Owner.Unfinished.Remove(unfinished))
            {
                _owners.DropIfEmpty(unfinished.Owner);
            }
        }
    }

    internal ValueTask<Memory.Block> AllocateAsync(long size, CancellationToken cancellationToken) => _room.AllocateAsync(size, cancellationToken);

    internal void GiveBack(in Freed freed)
    {
        if (freed.Size > 0 || freed.Extras is not null)
        {
            Free(freed);
        }
    }

    // True when the object is new and the block is the store's.
    private bool Insert(UnfinishedObject made, in Memory.Block block, long size)
    {
        var options = made.Options;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (made.Owner.IsReleased)
            {
                throw new OwnerReleasedException(made.Owner.Name);
            }

            if (TryFindRecord(made.Key, out var there))
            {
                // Somebody put the same id meanwhile: the first one stays.
                AddReference(there, made.Owner);
                return false;
            }

            CheckQuota(made.Owner, size);
            var traits = made.Origin is null ? RecordTraits.None : RecordTraits.IsCopy;
            traits |= options.Metadata is { Count: > 0 } ? RecordTraits.HasMetadata : RecordTraits.None;
            var number = Insert(made.Key, block, size, CodecNumber(options.Codec), made.Owner, traits);
            if (traits.HasFlag(RecordTraits.HasMetadata))
            {
                ExtrasOf(number).Metadata = options.Metadata;
            }

            if (made.Origin is not null)
            {
                ExtrasOf(number).Origin = made.Origin;
            }

            if (options.TimeToLive is { } life)
            {
                ExpireAt(number, _time.GetUtcNow() + life);
            }
        }

        _metrics.Put(size);
        Arrived(made.Key);
        RelieveEarly();
        return true;
    }

    private bool TryAddReference(ObjectId id, Owner owner)
    {
        lock (_lock)
        {
            if (owner.IsReleased || !TryFindRecord(id.Value, out var number))
            {
                return false;
            }

            AddReference(number, owner);
            return true;
        }
    }

    private Owner Enter(string owner, bool isRemote)
    {
        StoreNames.CheckOwner(owner);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            var holder = _owners.Intern(owner, isRemote);
            holder.InFlight++;
            return holder;
        }
    }

    private void Leave(Owner owner)
    {
        lock (_lock)
        {
            owner.InFlight--;
            _owners.DropIfEmpty(owner);
        }
    }
}
