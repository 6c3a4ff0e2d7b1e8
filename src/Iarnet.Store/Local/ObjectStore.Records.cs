using Iarnet.Store.Index;
using Iarnet.Store.Memory;

namespace Iarnet.Store;

/// <content>How records come and go. Everything here but <see cref="Unpin"/> is called under the lock.</content>
public sealed unsafe partial class ObjectStore
{
    // A barrier for every thread costs some microseconds: small objects share one.
    private const int MostUnburied = 128;
    private const int LargestUnburied = 8 * 1024;

    // Objects that are gone but may be leased, here or in other processes: looked at again when a lease ends.
    private readonly HashSet<int> _dying = [];
    private int _unburied;

    /// <summary>Takes an in-process lease back.</summary>
    internal void Unpin(int record)
    {
        var state = Interlocked.Decrement(ref _reader.At(record)->State);
        if (RecordState.Phase(state) == RecordPhase.Dying && RecordState.Pins(state) == 0)
        {
            Bury(record);
        }

        GC.KeepAlive(this);
    }

    private void Bury(int record)
    {
        Freed freed;
        lock (_lock)
        {
            PassBarrier();
            if (!_dying.Contains(record) || !TryReap(record, out freed))
            {
                return;
            }

            _dying.Remove(record);
        }

        Free(freed);
    }

    // Pins the record if it is that object and its bytes are in memory.
    private bool TryPin(Record* record, UInt128 key)
    {
        ref var word = ref record->State;
        for (var state = Volatile.Read(ref word); RecordState.Phase(state) == RecordPhase.Live && RecordState.Pins(state) < RecordState.MaxPins;)
        {
            var seen = Interlocked.CompareExchange(ref word, state + 1, state);
            if (seen == state)
            {
                // The record may have become another object between finding and pinning it.
                if (record->Has(KeyHalves.Of(key)))
                {
                    return true;
                }

                Unpin(_reader.IndexOf(record));
                return false;
            }

            state = seen;
        }

        return false;
    }

    private static ulong Change(Record* record, RecordPhase phase)
    {
        ref var word = ref record->State;
        var state = Volatile.Read(ref word);
        while (true)
        {
            var changed = RecordState.With(state, phase);
            var seen = Interlocked.CompareExchange(ref word, changed, state);
            if (seen == state)
            {
                return changed;
            }

            state = seen;
        }
    }

    // A record of an object that can be read from now on; throws when there is no room for one. The block stays the caller's then.
    private int Insert(UInt128 key, in Block block, long size, byte codec, Owner owner, RecordTraits traits, RecordPhase phase = RecordPhase.Live)
    {
        if (!_index.TryTake(out var number) && !(TrimForIndex() && _index.TryTake(out number)))
        {
            throw new StoreFullException($"The store has {_index.Count} objects, or no memory to count more of them: at most {_options.MaxObjects}.");
        }

        _holdings.Reach(number);
        var record = _reader.At(number);
        record->KeyHigh = KeyHalves.Of(key).High;
        record->KeyLow = KeyHalves.Of(key).Low;
        record->Offset = block.Offset;
        record->Slab = block.Slab;
        record->Size = size;
        record->Codec = codec;
        record->Traits = (ushort)traits;
        Change(record, phase);
        if (!_index.TryPublish(number) && !(TrimForIndex() && _index.TryPublish(number)))
        {
            Change(record, RecordPhase.Free);
            _index.Return(number);
            throw new StoreFullException($"The store has {_index.Count} objects and no memory for a larger table of them.");
        }

        _index.TakeTouched(number);
        AddReference(number, owner);
        return number;
    }

    // The index may lack what the pool keeps for the next objects; false when that is not why it cannot grow.
    private bool TrimForIndex()
    {
        if (_index.Used == _options.MaxObjects)
        {
            return false;
        }

        _pool.Trim();
        return true;
    }

    // The object cannot be found any more; its memory is to be freed when this says so, else the last reader gives it back.
    private bool Remove(int number, out Freed freed)
    {
        var record = _reader.At(number);
        if ((record->Traits & (ushort)RecordTraits.IsStream) != 0)
        {
            _extras[number].Stream!.Drop();
        }

        if (record->Phase == RecordPhase.Spilled)
        {
            _spilled--;
        }

        _index.Hide(number);
        Change(record, RecordPhase.Dying);
        if (!ViewSlots.Any)
        {
            if (TryReap(number, out freed))
            {
                return true;
            }
        }
        else if (record->Size <= LargestUnburied && _unburied + 1 < MostUnburied && !IsTight && !_stalled && (record->Traits & (ushort)RecordTraits.HasExtras) == 0)
        {
            _unburied++;
            freed = default;
        }
        else
        {
            // Its turn, and that of those before it.
            PassBarrier();
            ThreadPool.UnsafeQueueUserWorkItem(static store => store.Sweep(), this, preferLocal: false);
            if (TryReap(number, out freed))
            {
                return true;
            }
        }

        _dying.Add(number);
        return false;
    }

    private bool TryReap(int number, out Freed freed)
    {
        var record = _reader.At(number);
        var state = Volatile.Read(ref record->State);
        if (RecordState.Pins(state) > 0 || IsLeasedElsewhere(number, RecordState.Generation(state)))
        {
            freed = default;
            return false;
        }

        _extras.Remove(number, out var extras);
        freed = new Freed(new Block(record->Offset, record->Slab), record->Slab == Block.OnDisk ? 0 : record->Size, extras);
        Volatile.Write(ref record->State, RecordState.With(RecordState.Next(state), RecordPhase.Free));
        _index.Return(number);
        return true;
    }

    // From here on every view that began before is seen in its slot, and every other one sees what was changed before this.
    private static void PassBarrier()
    {
        if (ViewSlots.Any)
        {
            Interlocked.MemoryBarrierProcessWide();
        }
    }

    private void Free(in Freed freed)
    {
        _pool.Free(freed.Block, freed.Size);
        if (freed.Extras is { } extras)
        {
            FreeDisk(extras);
        }

        _room.Freed();
        freed.Extras?.Stream?.ReleaseChunks();
        if (_stalled)
        {
            // Something that a process put and that found no memory at all may find some now.
            ThreadPool.UnsafeQueueUserWorkItem(static store => store.DrainSessions(), this, preferLocal: false);
        }
    }

    private void FreeDisk(Extras extras)
    {
        if (extras.Spill is { } spill)
        {
            _spillLog!.Free(spill);
        }

        // What is durable outlives a store that closes.
        if (extras.Durable is { } durable && !_closed)
        {
            _durableLog!.Free(durable);
        }
    }

    private bool TryFindRecord(UInt128 key, out int number)
    {
        var record = _reader.Find(key);
        number = record is null ? -1 : _reader.IndexOf(record);
        return record is not null;
    }

    private Extras ExtrasOf(int number)
    {
        if (!_extras.TryGetValue(number, out var extras))
        {
            _extras.Add(number, extras = new Extras());
            _reader.At(number)->Traits |= (ushort)RecordTraits.HasExtras;
        }

        return extras;
    }

    private void AddReference(int number, Owner owner)
    {
        ref var holding = ref _holdings[number];
        if (holding.Count == 0 || holding.Owner == owner.Number)
        {
            if (holding.Count == 0)
            {
                owner.Bytes += _reader.At(number)->Size;
            }

            holding.Owner = owner.Number;
            holding.Count++;
        }
        else
        {
            var others = ExtrasOf(number).Others ??= [];
            if (!others.TryGetValue(owner.Number, out var count))
            {
                owner.Bytes += _reader.At(number)->Size;
            }

            others[owner.Number] = count + 1;
        }

        owner.References++;
    }

    // Takes one reference of the owner; false when it has none.
    private bool RemoveReference(int number, Owner owner)
    {
        ref var holding = ref _holdings[number];
        var wasLast = false;
        if (holding.Count > 0 && holding.Owner == owner.Number)
        {
            wasLast = --holding.Count == 0;
        }
        else if (_extras.TryGetValue(number, out var extras) && extras.Others is { } others && others.TryGetValue(owner.Number, out var count))
        {
            wasLast = count == 1;
            if (wasLast)
            {
                others.Remove(owner.Number);
            }
            else
            {
                others[owner.Number] = count - 1;
            }
        }
        else
        {
            return false;
        }

        owner.References--;
        if (wasLast)
        {
            owner.Bytes -= _reader.At(number)->Size;
        }

        return true;
    }

    private int References(int number) =>
        _holdings[number].Count + (_extras.TryGetValue(number, out var extras) && extras.Others is { } others ? others.Values.Sum() : 0);

    // Some owner other than the given one, if there is one.
    private Owner? AnyOwner(int number, Owner? except)
    {
        var holding = _holdings[number];
        if (holding.Count > 0 && holding.Owner != except?.Number)
        {
            return _owners[holding.Owner];
        }

        if (_extras.TryGetValue(number, out var extras) && extras.Others is { } others)
        {
            foreach (var other in others.Keys)
            {
                if (other != except?.Number)
                {
                    return _owners[other];
                }
            }
        }

        return null;
    }
}
