using System.Runtime.CompilerServices;
using Iarnet.Objects;
using Iarnet.Store.Index;
using Iarnet.Store.Link;

namespace Iarnet.Store.Client;

/// <content>Reading what lies in the store's memory, without asking it.</content>
internal sealed partial class LinkClient : ILeaseIssuer
{
    // Leases that the store counts have this bit; the others are slots of the session.
    private const ulong Counted = 1UL << 63;

    private readonly Lock _slotLock = new();
    private readonly Stack<int> _freeSlots = new();
    private int _usedSlots;
    private unsafe byte* _session;

    /// <summary>A lease of an object whose bytes are in memory, without a word to the store.</summary>
    public unsafe bool TryLease(in ObjectRef reference, out ObjectLease lease)
    {
        lease = null!;
        if (!TryHold(reference, out var slot, out var record))
        {
            return false;
        }

        if ((record->Traits & (ushort)RecordTraits.HasMetadata) != 0)
        {
            Return((ulong)slot);
            return false;
        }

        lease = new ObjectLease(reference, _index.Codec(record->Codec), null, _windows.Memory(record->Offset, (int)record->Size), this, (ulong)slot);
        return true;
    }

    /// <summary>As <see cref="TryLease"/>, for those who read and are done.</summary>
    public unsafe bool TryView(in ObjectRef reference, out ReadOnlySpan<byte> bytes, out int codec, out ulong lease)
    {
        if (!TryHold(reference, out var slot, out var record))
        {
            bytes = default;
            codec = 0;
            lease = 0;
            return false;
        }

        bytes = new ReadOnlySpan<byte>(_readable.Address + record->Offset, (int)record->Size);
        codec = record->Codec;
        lease = (ulong)slot;
        return true;
    }

    string ILeaseIssuer.CodecName(int number) => _index.Codec(number);

    /// <summary>Asks the store, which may wait for the object, or bring it from disk or from another store.</summary>
    public async ValueTask<ObjectLease> LeaseAsync(ObjectRef reference, TimeSpan wait, CancellationToken cancellationToken)
    {
        var frame = new FrameWriter(FrameKind.Lease, NextCall());
        frame.Id(reference.Id);
        frame.U32((uint)Math.Clamp(wait.TotalMilliseconds, 0, uint.MaxValue));
        frame.Text(reference.Source == Source ? "" : reference.Source);
        var answer = await CallAsync(frame, FrameKind.Leased, cancellationToken, GiveBack, wait).ConfigureAwait(false);
        return LeaseOf(reference, answer);
    }

    /// <summary>Takes a lease back: the store is told only when it waits for that.</summary>
    public unsafe void Return(ulong lease)
    {
        if ((lease & Counted) != 0)
        {
            var frame = new FrameWriter(FrameKind.Unlease, 0);
            frame.U32(1);
            frame.U64(lease & ~Counted);
            Tell(frame);
            return;
        }

        ref var slot = ref Slot((int)lease);
        var held = slot;
        Interlocked.Exchange(ref slot, 0);
        lock (_slotLock)
        {
            _freeSlots.Push((int)lease);
        }

        // The store marks the record and then looks at the slots; this empties the slot and then looks at the record: one of the two sees the other.
        if (_index.At((int)(uint)held - 1)->Phase == RecordPhase.Dying)
        {
            Tell(new FrameWriter(FrameKind.Drain, 0));
        }

        GC.KeepAlive(this);
    }

    private unsafe bool TryHold(in ObjectRef reference, out int slot, out Record* record)
    {
        slot = 0;
        var key = KeyHalves.Of(reference.Source == Source ? reference.Id.Value : ObjectKeys.OfCopy(reference));
        record = _over ? null : _index.Find(key);
        if (record is null)
        {
            return false;
        }

        var state = Volatile.Read(ref record->State);
        if (RecordState.Phase(state) != RecordPhase.Live || !TryTakeSlot(out slot))
        {
            return false;
        }

        Interlocked.Exchange(ref Slot(slot), SessionLayout.Slot(_index.IndexOf(record), RecordState.Generation(state)));

        // Only now does the store see the lease: what it did before has to be seen here.
        var now = Volatile.Read(ref record->State);
        if (RecordState.Phase(now) == RecordPhase.Live && RecordState.Generation(now) == RecordState.Generation(state)
            && record->Has(key))
        {
            _index.Touch(record);
            return true;
        }

        Return((ulong)slot);
        return false;
    }

    private unsafe bool TryTakeSlot(out int slot)
    {
        lock (_slotLock)
        {
            if (_freeSlots.TryPop(out slot))
            {
                return true;
            }

            if (_usedSlots == SessionLayout.SlotCount)
            {
                return false;
            }

            slot = _usedSlots++;
            Interlocked.Exchange(ref *(int*)(_session + SessionLayout.HighWaterAt), _usedSlots);
            return true;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe ref ulong Slot(int number) => ref *(ulong*)(_session + SessionLayout.SlotsAt + ((long)number * sizeof(ulong)));

    private ObjectLease LeaseOf(in ObjectRef reference, byte[] answer)
    {
        var body = new FrameReader(answer);
        var (number, offset, size) = (body.U64(), body.U64(), body.U64());
        var (codec, metadata) = (body.Text(), body.Pairs());
        if (size > (ulong)ObjectStoreOptions.HardMaxObjectBytes || offset > (ulong)_readable.Length || offset + size > (ulong)_readable.Length)
        {
            throw new LinkProtocolException($"The store leased {size} bytes at {offset}: that is no place in its pool of {_readable.Length}.");
        }

        return new ObjectLease(reference, codec, metadata, size == 0 ? default : _windows.Memory((long)offset, (int)size), this, number | Counted);
    }

    private void GiveBack(byte[] answer)
    {
        var body = new FrameReader(answer);
        Return(body.U64() | Counted);
    }
}
