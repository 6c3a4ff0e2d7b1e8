using System.Security.Cryptography;
using Iarnet.Objects;

namespace Iarnet.Store;

public sealed partial class ObjectStore
{
    // Numbers of a store that went must mean nothing to the one that takes its place.
    private ulong _lastLease = (ulong)BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)) << 31;

    /// <inheritdoc/>
    public ValueTask<ObjectLease> GetAsync(ObjectRef reference, CancellationToken cancellationToken = default) => new(Get(reference));

    internal ObjectLease Get(in ObjectRef reference)
    {
        StoredObject found;
        lock (_lock)
        {
            found = Find(reference);
            found.Pins++;
            _leases++;
        }

        try
        {
            _metrics.Got(found.Size);
            return new ObjectLease(reference, found.Codec, found.Block.Span(found.Size), this, found);
        }
        catch
        {
            Unpin(found, taint: false);
            throw;
        }
    }

    /// <summary>A lease for a reader in another process, who gives it back by number.</summary>
    internal StoredObject Lease(in ObjectRef reference, string owner, out ulong lease)
    {
        StoreNames.CheckOwner(owner);
        lock (_lock)
        {
            var holder = Intern(owner, isRemote: true);
            try
            {
                var found = Find(reference);
                if (holder.Leases.Count >= _options.MaxLeasesPerOwner)
                {
                    throw new StoreFullException($"The owner '{owner}' holds {holder.Leases.Count} leases, which is the most it may: give some back.");
                }

                lease = ++_lastLease;
                holder.Leases.Add(lease, found);
                found.Pins++;
                _leases++;
                return found;
            }
            finally
            {
                DropIfEmpty(holder);
            }
        }
    }

    /// <summary>Takes a numbered lease back; one that is unknown or another owner's is passed over.</summary>
    internal void Unlease(string owner, ulong lease)
    {
        StoredObject? leased;
        lock (_lock)
        {
            if (!_owners.TryGetValue(owner, out var holder) || !holder.Leases.Remove(lease, out leased))
            {
                return;
            }

            DropIfEmpty(holder);
        }

        Unpin(leased, taint: false);
    }

    void ILeaseIssuer.Return(object holding) => Unpin((StoredObject)holding, taint: false);

    private StoredObject Find(in ObjectRef reference)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        return reference.Source != Source
            ? throw new ObjectNotFoundException($"The object {reference} lies in the store of node '{reference.Source}'; this is the store of '{Source}', which does not fetch from others.")
            : _objects.TryGetValue(reference.Id, out var found)
                ? found
                : throw new ObjectNotFoundException($"The store of '{Source}' has no object {reference.Id}: it was never put here, or its last reference was released.");
    }

    private void Unpin(StoredObject item, bool taint)
    {
        lock (_lock)
        {
            item.Block.Tainted |= taint;
            item.Pins--;
            _leases--;
            if (item.Pins > 0 || item.References > 0)
            {
                return;
            }

            _pinnedOnly.Remove(item);
        }

        Allocator.Free(item.Block);
    }
}
