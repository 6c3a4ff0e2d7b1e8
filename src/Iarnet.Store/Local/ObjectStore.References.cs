using Iarnet.Objects;
using Iarnet.Store.Memory;

namespace Iarnet.Store;

public sealed partial class ObjectStore
{
    // Names of owners that ended lately: a request of theirs that is still on its way must not bring them back.
    private const int RememberedReleases = 4096;

    private readonly HashSet<string> _releasedNames = new(StringComparer.Ordinal);
    private readonly Queue<string> _releasedOrder = new();

    /// <inheritdoc/>
    public void Release(in ObjectRef reference) => Release(reference, null);

    /// <summary>
    /// Gives up one reference. The object goes with its last one; readers that have it leased keep its memory. Never throws; releasing what is
    /// gone, or a reference that this owner does not have, does nothing.
    /// </summary>
    /// <param name="reference">The object.</param>
    /// <param name="owner">Whose reference; null: one of the store's own owner if it has any, else anybody's.</param>
    public void Release(in ObjectRef reference, string? owner)
    {
        Block? freed;
        lock (_lock)
        {
            if (reference.Source != Source || !_objects.TryGetValue(reference.Id, out var found))
            {
                return;
            }

            var holder = _owners.GetValueOrDefault(owner ?? _options.Owner);
            if (holder is null || !found.Remove(holder))
            {
                holder = owner is null ? found.AnyExcept(null) : null;
                if (holder is null)
                {
                    return;
                }

                found.Remove(holder);
            }

            DropIfEmpty(holder);
            freed = RemoveIfUnreferenced(found);
        }

        if (freed is not null)
        {
            Allocator.Free(freed);
        }
    }

    /// <summary>Moves one reference to another owner, so that the object outlives the one who put it.</summary>
    /// <param name="reference">The object.</param>
    /// <param name="newOwner">Who has the reference from now on.</param>
    /// <param name="from">Who gives it; null: any owner but the new one.</param>
    /// <returns>False when the object is not there or there is no such reference to move; nothing changes then.</returns>
    public bool Adopt(ObjectRef reference, string newOwner, string? from = null)
    {
        StoreNames.CheckOwner(newOwner);
        lock (_lock)
        {
            if (_closed || reference.Source != Source || !_objects.TryGetValue(reference.Id, out var found))
            {
                return false;
            }

            var heir = Intern(newOwner, isRemote: false);
            var giver = from is null ? found.AnyExcept(heir) : _owners.GetValueOrDefault(from);
            var moved = giver is not null && found.Remove(giver);
            if (moved)
            {
                found.Add(heir);
                DropIfEmpty(giver!);
            }

            DropIfEmpty(heir);
            return moved;
        }
    }

    /// <summary>
    /// Takes back everything of an owner: its references, its unfinished objects and, if it is in another process, its leases. What it has under
    /// way fails. Segments that it may still have mapped are deleted, not used again, so that it cannot harm anybody if it lives on.
    /// </summary>
    /// <remarks>Looks at every object once when the owner has references: meant for the end of a component or a session.</remarks>
    public void ReleaseOwner(string owner)
    {
        StoreNames.CheckOwner(owner);
        Owner? holder;
        StoredObject[] leased;
        UnfinishedObject[] unfinished;
        var freed = new List<Block>();
        lock (_lock)
        {
            Remember(owner);
            if (!_owners.Remove(owner, out holder))
            {
                return;
            }

            holder.IsReleased = true;
            leased = [.. holder.Leases.Values];
            unfinished = [.. holder.Unfinished];
            holder.Leases.Clear();
            holder.Unfinished.Clear();
            if (holder.References > 0)
            {
                foreach (var item in _objects.Values)
                {
                    while (holder.References > 0 && item.Remove(holder))
                    {
                        if (RemoveIfUnreferenced(item) is { } block)
                        {
                            freed.Add(block);
                        }
                    }
                }
            }
        }

        foreach (var item in leased)
        {
            Unpin(item, taint: true);
        }

        foreach (var item in unfinished)
        {
            item.Abandon(taint: true);
        }

        foreach (var block in freed)
        {
            Allocator.Free(block);
        }
    }

    /// <summary>A client says that it begins under this name: from now on it is not taken for one that ended.</summary>
    internal void Welcome(string owner)
    {
        StoreNames.CheckOwner(owner);
        lock (_lock)
        {
            _releasedNames.Remove(owner);
        }
    }

    private void Remember(string owner)
    {
        if (!_releasedNames.Add(owner))
        {
            return;
        }

        _releasedOrder.Enqueue(owner);
        if (_releasedOrder.Count > RememberedReleases)
        {
            _releasedNames.Remove(_releasedOrder.Dequeue());
        }
    }

    // The object leaves the index; its block is given when nobody looks at it, else the last reader gives it back.
    private Block? RemoveIfUnreferenced(StoredObject item)
    {
        if (item.References > 0)
        {
            return null;
        }

        _objects.Remove(item.Id);
        if (item.Pins == 0)
        {
            return item.Block;
        }

        _pinnedOnly.Add(item);
        return null;
    }

    private Owner Enter(string owner, bool isRemote)
    {
        StoreNames.CheckOwner(owner);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            var holder = Intern(owner, isRemote);
            holder.InFlight++;
            return holder;
        }
    }

    private void Leave(Owner owner)
    {
        lock (_lock)
        {
            owner.InFlight--;
            DropIfEmpty(owner);
        }
    }

    private Owner Intern(string owner, bool isRemote)
    {
        if (isRemote && _releasedNames.Contains(owner))
        {
            throw new OwnerReleasedException(owner);
        }

        if (!_owners.TryGetValue(owner, out var holder))
        {
            _owners.Add(owner, holder = new Owner(owner));
        }

        return holder;
    }

    private void DropIfEmpty(Owner owner)
    {
        // A released owner left the table already, and its name may stand for a new one.
        if (!owner.IsReleased && owner.IsEmpty)
        {
            _owners.Remove(owner.Name);
        }
    }
}
