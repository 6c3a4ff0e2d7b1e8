namespace Iarnet.Store;

/// <summary>The owners of a store, by name and by number. Guarded by the store's lock.</summary>
internal sealed class OwnerTable
{
    // Names of owners that ended lately: a request of theirs that is still on its way must not bring them back.
    private const int RememberedReleases = 4096;

    private readonly Dictionary<string, Owner> _byName = new(StringComparer.Ordinal);
    private readonly List<Owner?> _byNumber = [];
    private readonly Stack<int> _unused = [];
    private readonly HashSet<string> _released = new(StringComparer.Ordinal);
    private readonly Queue<string> _releasedOrder = new();

    public IEnumerable<Owner> All => _byName.Values;

    public Owner this[int number] => _byNumber[number]!;

    public Owner? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The owner of a name, made when there is none.</summary>
    /// <exception cref="OwnerReleasedException">A remote owner was released and did not say hello since.</exception>
    public Owner Intern(string name, bool isRemote)
    {
        if (isRemote && _released.Contains(name))
        {
            throw new OwnerReleasedException(name);
        }

        if (_byName.TryGetValue(name, out var owner))
        {
            return owner;
        }

        if (!_unused.TryPop(out var number))
        {
            number = _byNumber.Count;
            _byNumber.Add(null);
        }

        owner = new Owner(name, number);
        _byNumber[number] = owner;
        _byName.Add(name, owner);
        return owner;
    }

    public void DropIfEmpty(Owner owner)
    {
        if (!owner.IsEmpty || _byNumber[owner.Number] != owner)
        {
            return;
        }

        // A released owner left the table of names already, and its name may stand for a new one.
        if (!owner.IsReleased)
        {
            _byName.Remove(owner.Name);
        }

        _byNumber[owner.Number] = null;
        _unused.Push(owner.Number);
    }

    /// <summary>Ends a name: null when nobody has it now.</summary>
    public Owner? Release(string name)
    {
        if (_released.Add(name))
        {
            _releasedOrder.Enqueue(name);
            if (_releasedOrder.Count > RememberedReleases)
            {
                _released.Remove(_releasedOrder.Dequeue());
            }
        }

        if (_byName.Remove(name, out var owner))
        {
            owner.IsReleased = true;
        }

        return owner;
    }

    /// <summary>Somebody begins under this name: from now on it is not taken for one that ended.</summary>
    public void Welcome(string name) => _released.Remove(name);
}
