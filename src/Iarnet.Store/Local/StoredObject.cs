using Iarnet.Objects;
using Iarnet.Store.Memory;

namespace Iarnet.Store;

/// <summary>One sealed object. Guarded by the store's lock; its bytes never change.</summary>
internal sealed class StoredObject(ObjectId id, string codec, Block block, int size)
{
    // Nearly every object has one owner: only the others pay for a table.
    private Owner? _first;
    private int _firstCount;
    private Dictionary<Owner, int>? _others;

    public ObjectId Id => id;

    public string Codec => codec;

    public Block Block => block;

    public int Size => size;

    public int References { get; private set; }

    /// <summary>Readers that look at the memory now.</summary>
    public int Pins { get; set; }

    public void Add(Owner owner)
    {
        References++;
        owner.References++;
        if (_firstCount == 0 || ReferenceEquals(_first, owner))
        {
            _first = owner;
            _firstCount++;
            return;
        }

        _others ??= [];
        _others[owner] = _others.GetValueOrDefault(owner) + 1;
    }

    /// <summary>Takes one reference of the owner; false when it has none.</summary>
    public bool Remove(Owner owner)
    {
        if (_firstCount > 0 && ReferenceEquals(_first, owner))
        {
            _firstCount--;
        }
        else if (_others is not null && _others.TryGetValue(owner, out var count))
        {
            if (count == 1)
            {
                _others.Remove(owner);
            }
            else
            {
                _others[owner] = count - 1;
            }
        }
        else
        {
            return false;
        }

        References--;
        owner.References--;
        return true;
    }

    /// <summary>Some owner other than the given one, if there is one.</summary>
    public Owner? AnyExcept(Owner? owner)
    {
        if (_firstCount > 0 && !ReferenceEquals(_first, owner))
        {
            return _first;
        }

        return _others?.Keys.FirstOrDefault(other => !ReferenceEquals(other, owner));
    }
}
