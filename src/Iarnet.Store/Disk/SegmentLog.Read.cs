using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Iarnet.Store.Memory;

namespace Iarnet.Store.Disk;

internal sealed partial class SegmentLog
{
    // With one call of the system, so that a block is checked while it is in the cache. Other sizes and several readers at once were no better.
    private const int ReadBytes = 256 << 10;

    /// <summary>Reads a range of an object, whole or part. Not before all blocks of 1 MiB that it touches are found undamaged does it complete.</summary>
    /// <exception cref="ObjectDamagedException">They are not as they were written, or cannot be read. What is in <paramref name="into"/> then is not to be used.</exception>
    /// <exception cref="ObjectNotFoundException">The object was freed, or never was there.</exception>
    public async ValueTask ReadAsync(DiskLocation location, long offset, Memory<byte> into, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, location.Size - into.Length);
        cancellationToken.ThrowIfCancellationRequested();
        var (segment, slot) = Enter(location);
        try
        {
            if (into.Length > 0)
            {
                await Task.Run(() => ReadRange(segment, slot, offset, into.Span, cancellationToken), CancellationToken.None).ConfigureAwait(false);
            }
        }
        finally
        {
            Exit(segment);
        }
    }

    // Whoever enters holds the file open, whatever becomes of it.
    private (Segment Segment, Slot Slot) Enter(DiskLocation location)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_segments.TryGetValue(location.Segment, out var segment))
            {
                ref var slot = ref segment.Find(location.Offset);
                if (!Unsafe.IsNullRef(ref slot) && slot.Size == location.Size && slot.State is SlotState.Live or SlotState.MovedAway)
                {
                    var home = segment;
                    var found = slot;
                    if (slot.State == SlotState.MovedAway)
                    {
                        home = _segments[slot.OtherSegment];
                        found = home.Find((long)slot.OtherUnit * RecordFormat.Alignment);
                    }

                    home.Users++;
                    return (home, found);
                }
            }
        }

        throw new ObjectNotFoundException($"No object lies at {location} in '{_options.Folder}': it was freed, or the place is not from this log.");
    }

    private void Exit(Segment segment)
    {
        lock (_lock)
        {
            segment.Users--;
            CloseIfUnused(segment);
        }
    }

    private static void ReadRange(Segment segment, in Slot slot, long offset, Span<byte> into, CancellationToken cancellationToken)
    {
        var first = offset / RecordFormat.BlockBytes;
        var count = (int)(((offset + into.Length - 1) / RecordFormat.BlockBytes) - first + 1);
        var bytes = ArrayPool<byte>.Shared.Rent(count * sizeof(uint));
        try
        {
            var checksums = bytes.AsSpan(0, count * sizeof(uint));
            var data = slot.Offset + slot.HeaderBytes;
            Read(segment, slot, checksums, data + slot.Size + (first * sizeof(uint)));
            while (into.Length > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var block = offset / RecordFormat.BlockBytes;
                var start = block * RecordFormat.BlockBytes;
                var blockLength = (int)Math.Min(RecordFormat.BlockBytes, slot.Size - start);
                if (offset != start || into.Length < blockLength)
                {
                    var take = (int)Math.Min(into.Length, start + blockLength - offset);
                    ReadPart(segment, slot, block, (int)(offset - start), into[..take], checksums[((int)(block - first) * sizeof(uint))..]);
                    offset += take;
                    into = into[take..];
                    continue;
                }

                // A whole block goes where it is wanted, in pieces: each is still in the core's own cache when its checksum is taken.
                var checksum = RecordFormat.BlockSeed(slot.Sequence, block);
                for (var at = 0; at < blockLength; at += ReadBytes)
                {
                    var piece = into[at..Math.Min(blockLength, at + ReadBytes)];
                    Read(segment, slot, piece, data + start + at);
                    checksum = Checksum.Append(checksum, piece);
                }

                Verify(segment, slot, block, checksum, checksums[((int)(block - first) * sizeof(uint))..]);
                offset += blockLength;
                into = into[blockLength..];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    // A block cannot be verified without all of it.
    private static void ReadPart(Segment segment, in Slot slot, long block, int offset, Span<byte> into, ReadOnlySpan<byte> checksum)
    {
        var start = block * RecordFormat.BlockBytes;
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(RecordFormat.BlockBytes, slot.Size - start));
        try
        {
            var whole = buffer.AsSpan(0, (int)Math.Min(RecordFormat.BlockBytes, slot.Size - start));
            Read(segment, slot, whole, slot.Offset + slot.HeaderBytes + start);
            Verify(segment, slot, block, Checksum.Append(RecordFormat.BlockSeed(slot.Sequence, block), whole), checksum);
            whole.Slice(offset, into.Length).CopyTo(into);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Verify(Segment segment, in Slot slot, long block, uint actual, ReadOnlySpan<byte> checksum)
    {
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(checksum);
        if (actual != expected)
        {
            throw new ObjectDamagedException(
                $"The object at {slot.Offset} of '{segment.Path}' is damaged: block {block} of {RecordFormat.BlockBytes} bytes has checksum {actual:x8}, written was {expected:x8}. "
                + "Free it and put it again; check the disk.");
        }
    }

    private static void Read(Segment segment, in Slot slot, Span<byte> into, long offset)
    {
        try
        {
            if (IsRead(segment.File, into, offset))
            {
                return;
            }
        }
        catch (IOException error)
        {
            throw new ObjectDamagedException($"The object at {slot.Offset} of '{segment.Path}' cannot be read: {error.Message} Free it and put it again; check the disk.", error);
        }

        throw new ObjectDamagedException(
            $"The object at {slot.Offset} of '{segment.Path}' is damaged: {into.Length} bytes at {offset} are not there, the file is cut off. Free it and put it again; check the disk.");
    }
}
