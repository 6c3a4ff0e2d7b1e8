using System.Buffers;

namespace Iarnet.Store.Disk;

internal sealed partial class SegmentLog
{
    /// <summary>Reads all of an object, header too, and finds out whether it is as it was written.</summary>
    /// <exception cref="ObjectDamagedException">It is not, or cannot be read.</exception>
    /// <exception cref="ObjectNotFoundException">The object was freed, or never was there.</exception>
    public async ValueTask CheckAsync(DiskLocation location, CancellationToken cancellationToken = default)
    {
        var (segment, slot) = Enter(location);
        try
        {
            await Task.Run(() => VerifyRecord(segment, slot, cancellationToken), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            Exit(segment);
        }
    }

    /// <summary>Checks every object that is there, one after the other, and gives those that are damaged. What is freed meanwhile is left out.</summary>
    public async ValueTask<IReadOnlyList<(DiskLocation Location, ObjectDamagedException Damage)>> CheckAsync(CancellationToken cancellationToken = default)
    {
        var damaged = new List<(DiskLocation, ObjectDamagedException)>();
        foreach (var location in Locations())
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await CheckAsync(location, cancellationToken).ConfigureAwait(false);
            }
            catch (ObjectNotFoundException)
            {
                // Freed since.
            }
            catch (ObjectDamagedException damage)
            {
                damaged.Add((location, damage));
            }
        }

        return damaged;
    }

    /// <summary>The places of all objects, as their holders know them.</summary>
    public IReadOnlyList<DiskLocation> Locations()
    {
        var all = new List<DiskLocation>();
        lock (_lock)
        {
            foreach (var segment in _segments.Values)
            {
                foreach (ref readonly var slot in segment.Slots)
                {
                    if (slot.State is SlotState.Live or SlotState.MovedAway)
                    {
                        all.Add(new DiskLocation(segment.Number, slot.Offset, slot.Size));
                    }
                }
            }
        }

        return all;
    }

    private static void VerifyRecord(Segment segment, in Slot slot, CancellationToken cancellationToken)
    {
        var trailerBytes = RecordFormat.TrailerBytes(slot.Size);
        var buffer = ArrayPool<byte>.Shared.Rent(slot.HeaderBytes + trailerBytes);
        try
        {
            var header = buffer.AsSpan(0, slot.HeaderBytes);
            var trailer = buffer.AsSpan(slot.HeaderBytes, trailerBytes);
            Read(segment, slot, header, slot.Offset);
            Read(segment, slot, trailer, slot.Offset + slot.HeaderBytes + slot.Size);
            if (RecordFormat.LengthOf(header) != header.Length
                || !RecordFormat.TryRead(header, segment.PlaceAt(slot.Offset), out var parsed)
                || parsed.Sequence != slot.Sequence || parsed.Size != slot.Size || !RecordFormat.IsTrailer(trailer, parsed.HeaderChecksum))
            {
                throw new ObjectDamagedException($"The object at {slot.Offset} of '{segment.Path}' is damaged: its header or trailer is not as it was written. Put it again; check the disk.");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        VerifyBlocks(segment, slot, cancellationToken);
    }

    private static void VerifyBlocks(Segment segment, in Slot slot, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(RecordFormat.BlockBytes, slot.Size));
        try
        {
            for (long at = 0; at < slot.Size; at += RecordFormat.BlockBytes)
            {
                ReadRange(segment, slot, at, buffer.AsSpan(0, (int)Math.Min(RecordFormat.BlockBytes, slot.Size - at)), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
