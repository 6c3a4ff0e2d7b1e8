using System.Runtime.CompilerServices;
using Iarnet.Objects;
using Iarnet.Store.Index;

namespace Iarnet.Store;

public sealed unsafe partial class ObjectStore
{
    /// <summary>
    /// The bytes of an object if they are in memory here: without waiting, without a lock and without allocating.
    /// </summary>
    /// <param name="reference">Which object.</param>
    /// <param name="view">Its bytes; dispose it.</param>
    /// <returns>False when the object is not here, or its bytes are on disk: <see cref="GetAsync(ObjectRef, CancellationToken)"/> brings them.</returns>
    public bool TryGet(in ObjectRef reference, out ObjectView view)
    {
        if (!_closed)
        {
            var key = KeyHalves.Of(KeyOf(reference));
            var record = _reader.Find(key);
            if (record is null)
            {
                view = default;
                return false;
            }

            var slot = ViewSlots.Free();
            if (slot is null)
            {
                return TryPinnedView(record, KeyOf(reference), out view);
            }

            // No barrier here: whoever frees makes one for every thread, between changing the state and looking at the slots.
            Volatile.Write(ref *slot, (nuint)record);
            if (RecordState.Phase(Volatile.Read(ref record->State)) == RecordPhase.Live && record->Has(key))
            {
                record->Touched = 1;
                view = new ObjectView(_pool.Span(record->Offset, (int)record->Size), record->Codec, this, slot);
                return true;
            }

            EndView(slot, this);
        }

        view = default;
        return false;
    }

    /// <inheritdoc/>
    public ValueTask<ObjectLease> GetAsync(ObjectRef reference, CancellationToken cancellationToken = default) =>
        TryLease(reference, out var lease) ? new ValueTask<ObjectLease>(lease) : GetSlowAsync(reference, TimeSpan.Zero, cancellationToken);

    /// <summary>The bytes of an object, waiting until it is put.</summary>
    /// <param name="reference">Which object.</param>
    /// <param name="wait">How long to wait for it to be put, at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ObjectNotFoundException">It was not put in time.</exception>
    public ValueTask<ObjectLease> GetAsync(ObjectRef reference, TimeSpan wait, CancellationToken cancellationToken = default) =>
        TryLease(reference, out var lease) ? new ValueTask<ObjectLease>(lease) : GetSlowAsync(reference, wait, cancellationToken);

    void ILeaseIssuer.Return(ulong lease) => Unpin((int)lease);

    /// <summary>A lease of what is in memory.</summary>
    internal bool TryLease(in ObjectRef reference, out ObjectLease lease)
    {
        lease = null!;
        if (_closed)
        {
            return false;
        }

        var key = KeyOf(reference);
        var record = _reader.Find(key);
        if (record is null || !TryPin(record, key))
        {
            return false;
        }

        _reader.Touch(record);
        lease = LeaseOf(reference, record);
        return true;
    }

    /// <summary>The key of a reference in the index.</summary>
    internal UInt128 KeyOf(in ObjectRef reference) => IsOwn(reference) ? reference.Id.Value : ObjectKeys.OfCopy(reference);

    private bool IsOwn(in ObjectRef reference) => reference.Source == Source;

    private bool TryPinnedView(Record* record, UInt128 key, out ObjectView view)
    {
        if (!TryPin(record, key))
        {
            view = default;
            return false;
        }

        record->Touched = 1;
        view = new ObjectView(_pool.Span(record->Offset, (int)record->Size), record->Codec, this, (ulong)_reader.IndexOf(record));
        return true;
    }

    string ILeaseIssuer.CodecName(int number) => _reader.Codec(number);

    /// <summary>A thread does not look at the record of a slot any more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void EndView(nuint* slot, object store)
    {
        var record = (Record*)*slot;
        Volatile.Write(ref *slot, 0);
        if (record->Phase == RecordPhase.Dying)
        {
            EndDying((ObjectStore)store, record);
        }

        GC.KeepAlive(store);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void EndDying(ObjectStore store, Record* record) => store.Bury(store._reader.IndexOf(record));

    // The record is pinned; the lease takes the pin over.
    private ObjectLease LeaseOf(in ObjectRef reference, Record* record)
    {
        var number = _reader.IndexOf(record);
        try
        {
            _metrics.Got(record->Size);
            return new ObjectLease(reference, _reader.Codec(record->Codec), MetadataOf(number, record), _pool.Memory(record->Offset, (int)record->Size), this, (ulong)number);
        }
        catch
        {
            Unpin(number);
            throw;
        }
    }

    private IReadOnlyDictionary<string, string>? MetadataOf(int number, Record* record)
    {
        if ((record->Traits & (ushort)RecordTraits.HasMetadata) == 0)
        {
            return null;
        }

        lock (_lock)
        {
            return _extras.TryGetValue(number, out var extras) ? extras.Metadata : null;
        }
    }

    private ObjectNotFoundException NotFound(in ObjectRef reference, TimeSpan wait) => new(
        IsOwn(reference)
            ? wait > TimeSpan.Zero
                ? $"The store of '{Source}' has no object {reference.Id}: it was not put within {wait.TotalSeconds:0.###} s."
                : $"The store of '{Source}' has no object {reference.Id}: it was never put here, or its last reference was released."
            : $"The object {reference} lies in the store of node '{reference.Source}'; this is the store of '{Source}', which does not fetch from others.");
}
