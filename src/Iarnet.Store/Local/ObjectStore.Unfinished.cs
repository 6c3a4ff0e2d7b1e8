using Iarnet.Objects;

namespace Iarnet.Store;

public sealed partial class ObjectStore
{
    /// <summary>Begins an object that is written step by step; disposing it before it is sealed gives it up.</summary>
    internal async ValueTask<UnfinishedObject> BeginAsync(
        string owner, ObjectId? id, string codec, long size, WriterKind writer, CancellationToken cancellationToken)
    {
        StoreNames.CheckCodec(codec);
        CheckSize(size);
        var holder = Enter(owner, isRemote: writer != WriterKind.Local);
        UnfinishedObject? begun = new(this, holder, id ?? ObjectId.New(), codec, writer);
        var kept = begun;
        try
        {
            await begun.ReserveAsync(size, cancellationToken).ConfigureAwait(false);
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_closed, this);
                if (holder.IsReleased)
                {
                    throw new OwnerReleasedException(owner);
                }

                holder.Unfinished.Add(begun);
            }

            begun = null;
            return kept;
        }
        finally
        {
            begun?.Abandon(taint: false);
            Leave(holder);
        }
    }

    /// <summary>Makes an object of what was written. Only the first call for an unfinished object succeeds.</summary>
    internal ObjectRef Seal(UnfinishedObject unfinished, int size, out bool existed)
    {
        lock (_lock)
        {
            unfinished.Owner.Unfinished.Remove(unfinished);
            unfinished.Owner.InFlight++;
        }

        try
        {
            var block = unfinished.Take() ?? throw new OwnerReleasedException(unfinished.Owner.Name);
            try
            {
                existed = !Insert(new StoredObject(unfinished.Id, unfinished.Codec, block, size), unfinished.Owner);
            }
            catch
            {
                block.Tainted |= unfinished.IsMapped;
                Allocator.Free(block);
                throw;
            }
        }
        finally
        {
            Leave(unfinished.Owner);
        }

        return new ObjectRef(unfinished.Id, Source);
    }

    /// <summary>Gives up what was not sealed; its writer has stopped.</summary>
    internal void Forget(UnfinishedObject unfinished)
    {
        lock (_lock)
        {
            unfinished.Owner.Unfinished.Remove(unfinished);
            DropIfEmpty(unfinished.Owner);
        }

        unfinished.Abandon(taint: false);
    }

    /// <summary>The object that an owner in another process began under this id.</summary>
    internal UnfinishedObject? FindUnfinished(string owner, ObjectId id)
    {
        lock (_lock)
        {
            return _owners.TryGetValue(owner, out var holder) ? holder.Unfinished.FirstOrDefault(u => u.IsMapped && u.Id == id) : null;
        }
    }
}
