using Iarnet.Objects;
using Iarnet.Store.Disk;
using Iarnet.Store.Index;
using Iarnet.Store.Memory;

namespace Iarnet.Store;

/// <content>Objects whose bytes are not in memory: bringing them, and keeping what must live across restarts.</content>
public sealed partial class ObjectStore
{
    // The reference that keeps a durable object when everybody else's is gone; only deleting the object takes it away.
    private const string DurableOwner = "durable";

    private readonly Dictionary<int, Task> _restoring = [];
    private SegmentLog? _spillLog;
    private SegmentLog? _durableLog;
    private long _spilled;

    // Brings an object into memory from disk or from another store; false when there is no such object.
    private unsafe ValueTask<bool> TryBringAsync(ObjectRef reference, UInt128 key, CancellationToken cancellationToken)
    {
        Task? bringing = null;
        lock (_lock)
        {
            if (TryFindRecord(key, out var number))
            {
                if (_reader.At(number)->Phase == RecordPhase.Live)
                {
                    return new ValueTask<bool>(true);
                }

                if (!_restoring.TryGetValue(number, out bringing))
                {
                    // Pinned, so that the record stays what it is until the bytes are there.
                    PinSpilled(number);
                    bringing = Task.Run(() => RestoreAsync(number), CancellationToken.None);
                    _restoring.Add(number, bringing);
                }
            }
        }

        return bringing is not null ? WaitForAsync(bringing, cancellationToken)
            : IsOwn(reference) || _fetcher is not { } fetcher ? new ValueTask<bool>(false)
            : FetchAsync(fetcher, reference, cancellationToken);
    }

    private void OpenDisk()
    {
        if (_options.SpillFolder is { } spill)
        {
            _spillLog = SegmentLog.Open(new SegmentLogOptions { Folder = spill, Limit = _options.SpillLimit ?? long.MaxValue }, _log);
        }

        if (_options.DurableFolder is { } durable)
        {
            _durableLog = SegmentLog.Open(new SegmentLogOptions { Folder = durable, Durable = true, Limit = _options.DurableLimit ?? long.MaxValue }, _log);
            Recover(_durableLog);
        }
    }

    private unsafe void Recover(SegmentLog log)
    {
        var now = _time.GetUtcNow();
        foreach (var (found, location) in log.Recovered)
        {
            var expires = found.ExpiresAtUnixMs == 0 ? (DateTimeOffset?)null : DateTimeOffset.FromUnixTimeMilliseconds(found.ExpiresAtUnixMs);
            lock (_lock)
            {
                if (expires <= now || TryFindRecord(found.Id.Value, out _))
                {
                    log.Free(location);
                    continue;
                }

                var metadata = MetadataBlob.Decode(found.Metadata);
                var traits = metadata is null ? RecordTraits.None : RecordTraits.HasMetadata;
                var number = Insert(found.Id.Value, Block.Empty, location.Size, CodecNumber(found.Codec), _owners.Intern(DurableOwner, isRemote: false), traits);
                var record = _reader.At(number);
                record->Slab = Block.OnDisk;
                Change(record, RecordPhase.Spilled);
                _spilled++;
                var extras = ExtrasOf(number);
                extras.Durable = location;
                extras.Metadata = metadata;
                if (expires is { } at)
                {
                    ExpireAt(number, at);
                }
            }
        }
    }

    // The put of a durable object completes when this does; when it fails there is no object.
    private async ValueTask KeepAsync(ObjectRef reference, PutOptions options, CancellationToken cancellationToken)
    {
        using var lease = await GetAsync(reference, cancellationToken).ConfigureAwait(false);
        var expires = options.TimeToLive is { } life ? (_time.GetUtcNow() + life).ToUnixTimeMilliseconds() : 0;
        DiskWrite[] writes = [new DiskWrite(new DiskRecord(reference.Id, options.Codec, options.Owner ?? _options.Owner, MetadataBlob.Encode(options.Metadata), expires), lease.Memory)];
        var placed = new DiskLocation[1];
        try
        {
            await _durableLog!.AppendAsync(writes, placed, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Release(reference, options.Owner ?? _options.Owner);
            throw;
        }

        if (!TryKeep(reference, placed[0]))
        {
            // Deleted meanwhile, or kept by another put of the same id.
            _durableLog.Free(placed[0]);
        }
    }

    private bool TryKeep(in ObjectRef reference, DiskLocation location)
    {
        lock (_lock)
        {
            if (!TryFindRecord(reference.Id.Value, out var number) || ExtrasOf(number).Durable is not null)
            {
                return false;
            }

            ExtrasOf(number).Durable = location;
            AddReference(number, _owners.Intern(DurableOwner, isRemote: false));
            return true;
        }
    }

    private static async ValueTask<bool> WaitForAsync(Task bringing, CancellationToken cancellationToken)
    {
        await bringing.WaitAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task RestoreAsync(int number)
    {
        var block = Block.Empty;
        var size = SizeOf(number);
        var isUsed = false;
        try
        {
            block = await _room.AllocateAsync(size, CancellationToken.None).ConfigureAwait(false);
            var (log, location) = PlaceOnDisk(number) ?? throw new ObjectNotFoundException("The object was deleted while it was brought from disk.");
            await log.ReadAsync(location, 0, _pool.Memory(block.Offset, (int)size)).ConfigureAwait(false);
            isUsed = Revive(number, block);
            _metrics.Restored(size);
        }
        finally
        {
            lock (_lock)
            {
                _restoring.Remove(number);
            }

            Unpin(number);
            if (!isUsed)
            {
                GiveBack(new Freed(block, size));
            }
        }
    }

    // False when the object was deleted meanwhile.
    private unsafe bool Revive(int number, in Block block)
    {
        lock (_lock)
        {
            var record = _reader.At(number);
            if (record->Phase != RecordPhase.Spilled)
            {
                return false;
            }

            record->Offset = block.Offset;
            record->Slab = block.Slab;
            Change(record, RecordPhase.Live);
            _spilled--;
            return true;
        }
    }

    private (SegmentLog Log, DiskLocation Location)? PlaceOnDisk(int number)
    {
        lock (_lock)
        {
            return !_extras.TryGetValue(number, out var extras) ? null
                : extras.Spill is { } spill ? (_spillLog!, spill)
                : extras.Durable is { } durable ? (_durableLog!, durable)
                : null;
        }
    }

    // Under the lock: what is not in memory may be pinned too, so that its record stays its own.
    private unsafe void PinSpilled(int number) => Interlocked.Increment(ref _reader.At(number)->State);

    private async ValueTask CloseDiskAsync()
    {
        if (_spillLog is { } spill)
        {
            await spill.DisposeAsync().ConfigureAwait(false);
        }

        if (_durableLog is { } durable)
        {
            await durable.DisposeAsync().ConfigureAwait(false);
        }
    }
}
