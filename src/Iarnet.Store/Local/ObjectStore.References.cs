using Iarnet.Objects;
using Iarnet.Store.Index;

namespace Iarnet.Store;

public sealed unsafe partial class ObjectStore
{
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
        if (!IsOwn(reference))
        {
            // Copies go when room is wanted; the original is its own store's.
            return;
        }

        if (!TryRelease(reference, owner, out var freed))
        {
            // It may be a put of another process that nobody looked at yet.
            if (!DrainSessions() || !TryRelease(reference, owner, out freed))
            {
                return;
            }
        }

        GiveBack(freed);
    }

    /// <summary>Takes an object away from everybody who has references to it; readers that have it leased keep its memory.</summary>
    /// <returns>False when it was not there.</returns>
    public bool Delete(ObjectRef reference)
    {
        DrainSessions();
        Freed freed;
        lock (_lock)
        {
            if (!TryFindRecord(KeyOf(reference), out var number))
            {
                return false;
            }

            Delete(number, out freed);
        }

        GiveBack(freed);
        return true;
    }

    /// <summary>Deletes several objects; as <see cref="Delete(ObjectRef)"/>.</summary>
    /// <returns>How many were there.</returns>
    public int Delete(IReadOnlyList<ObjectRef> references)
    {
        ArgumentNullException.ThrowIfNull(references);
        return references.Count(Delete);
    }

    /// <summary>Moves one reference to another owner, so that the object outlives the one who put it.</summary>
    /// <param name="reference">The object.</param>
    /// <param name="newOwner">Who has the reference from now on.</param>
    /// <param name="from">Who gives it; null: any owner but the new one.</param>
    /// <returns>False when the object is not there or there is no such reference to move; nothing changes then.</returns>
    public bool Adopt(ObjectRef reference, string newOwner, string? from = null)
    {
        StoreNames.CheckOwner(newOwner);
        if (!TryAdopt(reference, newOwner, from) && !(DrainSessions() && TryAdopt(reference, newOwner, from)))
        {
            return false;
        }

        FindStream(reference)?.Adopt(newOwner);
        return true;
    }

    /// <summary>
    /// Takes back everything of an owner: its references and what it has not finished. What it has under way fails.
    /// </summary>
    /// <remarks>Looks at every object once when the owner has references: meant for the end of a component or a session.</remarks>
    public void ReleaseOwner(string owner)
    {
        StoreNames.CheckOwner(owner);
        DrainSessions();
        UnfinishedObject[] unfinished;
        var freed = new List<Freed>();
        lock (_lock)
        {
            if (_owners.Release(owner) is not { } holder)
            {
                return;
            }

            unfinished = [.. holder.Unfinished];
            holder.Unfinished.Clear();
            for (var number = 0; holder.References > 0 && number < _index.Used; number++)
            {
                if (!RecordState.IsThere(_reader.At(number)->Phase))
                {
                    continue;
                }

                var had = holder.References;
                while (holder.References > 0 && RemoveReference(number, holder))
                {
                }

                if (holder.References < had && References(number) == 0 && Remove(number, out var one))
                {
                    freed.Add(one);
                }
            }

            _owners.DropIfEmpty(holder);
        }

        foreach (var item in unfinished)
        {
            item.Close();
        }

        foreach (var item in freed)
        {
            GiveBack(item);
        }
    }

    /// <summary>A client says that it begins under this name: from now on it is not taken for one that ended.</summary>
    internal void Welcome(string owner)
    {
        StoreNames.CheckOwner(owner);
        lock (_lock)
        {
            _owners.Welcome(owner);
        }
    }

    private bool TryRelease(in ObjectRef reference, string? owner, out Freed freed)
    {
        freed = default;
        lock (_lock)
        {
            if (!TryFindRecord(KeyOf(reference), out var number))
            {
                return false;
            }

            var holder = _owners.Find(owner ?? _options.Owner);
            if (holder is null || !RemoveReference(number, holder))
            {
                holder = owner is null ? AnyOwner(number, null) : null;
                if (holder is null)
                {
                    return true;
                }

                RemoveReference(number, holder);
            }

            _owners.DropIfEmpty(holder);
            if (References(number) == 0)
            {
                Remove(number, out freed);
            }

            return true;
        }
    }

    private bool TryAdopt(in ObjectRef reference, string newOwner, string? from)
    {
        lock (_lock)
        {
            if (_closed || !TryFindRecord(KeyOf(reference), out var number))
            {
                return false;
            }

            var heir = _owners.Intern(newOwner, isRemote: false);
            var giver = from is null ? AnyOwner(number, heir) : _owners.Find(from);
            var moved = giver is not null && RemoveReference(number, giver);
            if (moved)
            {
                AddReference(number, heir);
                _owners.DropIfEmpty(giver!);
            }

            _owners.DropIfEmpty(heir);
            return moved;
        }
    }

    // Under the lock.
    private void Delete(int number, out Freed freed)
    {
        while (AnyOwner(number, null) is { } owner)
        {
            while (RemoveReference(number, owner))
            {
            }

            _owners.DropIfEmpty(owner);
        }

        Remove(number, out freed);
    }
}
