using Iarnet.Objects;
using Iarnet.Store.Disk;
using Iarnet.Store.Index;
using Iarnet.Store.Memory;

namespace Iarnet.Store;

/// <content>
/// Making room: objects that were not read lately leave memory. What can be fetched again or is on disk already just goes; the rest is written first.
/// "Lately" is the clock algorithm: a hand goes round the records, takes the mark of those that were read and takes those without a mark.
/// </content>
public sealed partial class ObjectStore
{
    private const int MostVictims = 1024;
    private const long MostVictimBytes = 64L << 20;
    private const int RecordsALook = 16 * 1024;

    private readonly SemaphoreSlim _pressed = new(0);
    private int _isPressed;
    private int _hand;
    private Task _relieving = Task.CompletedTask;

    private bool CanRelieve => _spillLog is not null || _fetcher is not null || _durableLog is not null;

    // Memory is short: see what may go. Cheap, may be called often.
    private void Relieve()
    {
        if (Volatile.Read(ref _unburied) > 0)
        {
            Sweep();
        }

        if (CanRelieve && Volatile.Read(ref _isPressed) == 0 && Interlocked.Exchange(ref _isPressed, 1) == 0)
        {
            _pressed.Release();
        }
    }

    // A put made the store a little fuller.
    private void RelieveEarly()
    {
        if (_pool.Used > _watermark)
        {
            Relieve();
        }
    }

    private bool IsTight => _room.Waiting > 0 || _pool.Used > _watermark;

    private async Task RelieveAsync()
    {
        while (true)
        {
            await _pressed.WaitAsync().ConfigureAwait(false);
            Volatile.Write(ref _isPressed, 0);
            if (_closed)
            {
                return;
            }

            try
            {
                while (!_closed && IsTight && await EvictSomeAsync().ConfigureAwait(false))
                {
                }
            }
            catch (Exception error) when (error is IarnetException or IOException or ObjectDisposedException)
            {
                // What was to be written stays in memory; whoever waits for room gets its own error in time.
                _log.SpillFailed(error);
            }
        }
    }

    // False when nothing may go.
    private async ValueTask<bool> EvictSomeAsync()
    {
        var victims = PickVictims();
        var left = victims.Count;
        try
        {
            var dirty = victims.Where(static v => v.IsDirty).ToArray();
            if (dirty.Length > 0)
            {
                await SpillAsync(dirty).ConfigureAwait(false);
            }

            foreach (var victim in victims)
            {
                left--;
                Evict(victim);
            }

            _room.Freed();
            return victims.Count > 0;
        }
        finally
        {
            foreach (var victim in victims.Skip(victims.Count - left))
            {
                Unpin(victim.Record);
            }
        }
    }

    private async ValueTask SpillAsync(Victim[] dirty)
    {
        var writes = Array.ConvertAll(dirty, victim => new DiskWrite(
            new DiskRecord(new ObjectId(victim.Key), "", ""), _pool.Memory(victim.Offset, (int)victim.Size)));
        var placed = new DiskLocation[writes.Length];
        try
        {
            await _spillLog!.AppendAsync(writes, placed).ConfigureAwait(false);
        }
        catch (StoreFullException) when (DropDiskCopies())
        {
            await _spillLog!.AppendAsync(writes, placed).ConfigureAwait(false);
        }

        lock (_lock)
        {
            for (var i = 0; i < dirty.Length; i++)
            {
                ExtrasOf(dirty[i].Record).Spill = placed[i];
            }
        }

        _metrics.Spilled(dirty.Length, dirty.Sum(static v => v.Size));
    }

    // Copies on disk of what is in memory are a convenience: true when there were any.
    private unsafe bool DropDiskCopies()
    {
        var any = false;
        lock (_lock)
        {
            foreach (var (number, extras) in _extras)
            {
                if (extras.Spill is { } location && _reader.At(number)->Phase == RecordPhase.Live)
                {
                    _spillLog!.Free(location);
                    extras.Spill = null;
                    any = true;
                }
            }
        }

        return any;
    }

    // Pinned by this until they are evicted; at most two rounds of the hand, so that everything was seen once without its mark.
    private List<Victim> PickVictims()
    {
        var victims = new List<Victim>();
        var bytes = 0L;
        var wanted = Math.Min(Math.Max(_room.Wanted, _pool.Used - _watermark), MostVictimBytes);
        for (var looked = 0; looked < 2 * Math.Max(_index.Used, 1) && bytes < wanted && victims.Count < MostVictims;)
        {
            lock (_lock)
            {
                for (var i = 0; i < RecordsALook && looked < 2 * _index.Used && bytes < wanted && victims.Count < MostVictims; i++, looked++)
                {
                    _hand = _hand + 1 < _index.Used ? _hand + 1 : 0;
                    if (TryPick(_hand, out var victim))
                    {
                        victims.Add(victim);
                        bytes += Pool.Cost(victim.Size);
                    }
                }
            }
        }

        return victims;
    }

    private unsafe bool TryPick(int number, out Victim victim)
    {
        victim = default;
        var record = _reader.At(number);
        var state = Volatile.Read(ref record->State);
        if (RecordState.Phase(state) != RecordPhase.Live || record->Size == 0)
        {
            return false;
        }

        if (_index.TakeTouched(number))
        {
            return false;
        }

        var extras = _extras.GetValueOrDefault(number);
        var isCopy = (record->Traits & (ushort)RecordTraits.IsCopy) != 0;
        var isDirty = !isCopy && extras?.Spill is null && extras?.Durable is null;
        if (RecordState.Pins(state) > 0 || (isDirty && _spillLog is null) || IsLeasedElsewhere(number, RecordState.Generation(state))
            || Interlocked.CompareExchange(ref record->State, state + 1, state) != state)
        {
            return false;
        }

        victim = new Victim(number, record->Key, record->Offset, record->Size, isDirty, isCopy);
        return true;
    }

    // Takes the pin along.
    private unsafe void Evict(in Victim victim)
    {
        var freed = default(Freed);
        lock (_lock)
        {
            var record = _reader.At(victim.Record);
            var state = Volatile.Read(ref record->State);
            var alone = RecordState.With(state - 1, RecordPhase.Spilled);
            if (RecordState.Phase(state) != RecordPhase.Live || RecordState.Pins(state) != 1
                || Interlocked.CompareExchange(ref record->State, alone, state) != state)
            {
                // Read or deleted meanwhile.
                goto keep;
            }

            PassBarrier();
            if (IsLeasedElsewhere(victim.Record, RecordState.Generation(state)))
            {
                Volatile.Write(ref record->State, state);
                goto keep;
            }

            if (victim.IsCopy)
            {
                // It can be fetched again: nothing is left of it here.
                Volatile.Write(ref record->State, RecordState.With(alone, RecordPhase.Live));
                Delete(victim.Record, out freed);
            }
            else
            {
                freed = new Freed(new Block(record->Offset, record->Slab), record->Size);
                record->Slab = Block.OnDisk;
                Volatile.Write(ref record->State, RecordState.Next(alone));
                Requeue(victim.Record);
                _spilled++;
            }
        }

        _pool.Free(freed.Block, freed.Size);
        return;

    keep:
        Unpin(victim.Record);
    }
}
