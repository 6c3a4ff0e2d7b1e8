using Iarnet.Objects;
using Iarnet.Store.Index;

namespace Iarnet.Store;

public sealed unsafe partial class ObjectStore
{
    /// <summary>Figures of this moment. Counting leases looks at every object: not for every call.</summary>
    public StoreStatistics Statistics
    {
        get
        {
            DrainSessions();
            Sweep();
            lock (_lock)
            {
                return new StoreStatistics
                {
                    Objects = _index.Count,
                    Bytes = _pool.Used,
                    CommittedBytes = _pool.Committed,
                    IdleBytes = _pool.Idle,
                    SharedBytes = SegmentFolder is null ? 0 : _pool.Committed,
                    LimitBytes = _pool.Limit,
                    IndexBytes = _index.Bytes,
                    Leases = CountLeases(),
                    Unfinished = _unfinished.Count,
                    SpilledObjects = _spilled,
                    DiskBytes = (_spillLog?.Bytes ?? 0) + (_durableLog?.Bytes ?? 0),
                    Waits = _room.Waits,
                };
            }
        }
    }

    /// <summary>Whether an object is there.</summary>
    public bool Contains(ObjectRef reference) => Stat(reference) is not null;

    /// <summary>What the store knows of an object; null when it is not there.</summary>
    public ObjectInfo? Stat(ObjectRef reference)
    {
        var key = KeyOf(reference);
        return StatKey(key) ?? (DrainSessions() ? StatKey(key) : null);
    }

    /// <summary>What the store has, a page at a time; objects that come and go meanwhile may be in no page.</summary>
    /// <param name="filter">Which objects; null for all.</param>
    /// <param name="continuation">Where to go on: <see cref="ObjectPage.Continuation"/> of the page before, 0 for the first.</param>
    /// <param name="limit">How many objects a page has at most, 1 to 10,000.</param>
    public ObjectPage List(ObjectFilter? filter = null, int continuation = 0, int limit = 1000)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(continuation);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 10_000);
        DrainSessions();
        var page = new List<ObjectInfo>();
        lock (_lock)
        {
            var owner = filter?.Owner is { } name ? _owners.Find(name) : null;
            if (filter?.Owner is not null && owner is null)
            {
                return new ObjectPage(page, null);
            }

            var number = continuation;
            for (; number < _index.Used && page.Count < limit; number++)
            {
                var record = _reader.At(number);
                if (RecordState.IsThere(record->Phase) && (owner is null || HasReference(number, owner)))
                {
                    var info = InfoOf(number);
                    if (filter?.Codec is null || filter.Codec == info.Codec)
                    {
                        page.Add(info);
                    }
                }
            }

            return new ObjectPage(page, number < _index.Used ? number : null);
        }
    }

    private ObjectInfo? StatKey(UInt128 key)
    {
        lock (_lock)
        {
            return TryFindRecord(key, out var number) ? InfoOf(number) : null;
        }
    }

    // Under the lock.
    private ObjectInfo InfoOf(int number)
    {
        var record = _reader.At(number);
        var extras = _extras.GetValueOrDefault(number);
        return new ObjectInfo(
            extras?.Origin ?? new ObjectRef(new ObjectId(record->Key), Source), _reader.Codec(record->Codec), record->Size, References(number), LeasesOf(number))
        {
            IsShared = SegmentFolder is not null,
            IsCopy = (record->Traits & (ushort)RecordTraits.IsCopy) != 0,
            InMemory = record->Phase == RecordPhase.Live,
            ExpiresAt = extras?.ExpiresAt,
            Metadata = extras?.Metadata,
        };
    }

    private bool HasReference(int number, Owner owner)
    {
        var holding = _holdings[number];
        return (holding.Count > 0 && holding.Owner == owner.Number) || (_extras.TryGetValue(number, out var extras) && extras.Others?.ContainsKey(owner.Number) == true);
    }

    private long CountLeases()
    {
        var count = LeasesElsewhere();
        for (var number = 0; number < _index.Used; number++)
        {
            count += RecordState.Pins(_reader.At(number)->State);
        }

        return count;
    }
}
