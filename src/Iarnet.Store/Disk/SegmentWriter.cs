using System.Buffers;
using System.Runtime.InteropServices;
using Iarnet.Store.Memory;

namespace Iarnet.Store.Disk;

/// <summary>
/// Lays records one after the other at the end of a segment: headers, trailers and small objects through a buffer, large objects
/// from where they lie, several MiB with a call. One thread.
/// </summary>
internal sealed class SegmentWriter
{
    // Below it a copy costs less than a part of its own in the call.
    private const int CopiedBytes = 32 << 10;
    private const int BufferBytes = 1 << 20;
    private const long FlushBytes = 8 << 20;
    private const int FlushParts = 512;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    private readonly List<ReadOnlyMemory<byte>> _parts = [];
    private Segment _segment = null!;
    private long _flushed;
    private long _pending;
    private int _buffered;
    private int _partStart;

    /// <summary>Where the next record will lie.</summary>
    public long Position => _flushed + _pending;

    public void Begin(Segment segment)
    {
        _segment = segment;
        _flushed = segment.Length;
        Clear();
    }

    /// <summary>Adds a record; gives its slot.</summary>
    public Slot Add(in DiskWrite write, ulong sequence)
    {
        var size = write.Bytes.Length;
        var headerBytes = RecordFormat.HeaderBytes(write.Record);
        var offset = Position;
        var checksum = RecordFormat.WriteObject(Take(headerBytes), write.Record, size, sequence, _segment.PlaceAt(offset, _segment.Synced));
        var trailerBytes = RecordFormat.TrailerBytes(size);
        var trailer = ArrayPool<byte>.Shared.Rent(trailerBytes);
        AddBytes(write.Bytes, sequence, MemoryMarshal.Cast<byte, uint>(trailer.AsSpan(0, trailerBytes)));
        RecordFormat.WriteTrailer(trailer.AsSpan(0, trailerBytes), checksum);
        Copy(trailer.AsSpan(0, trailerBytes));
        ArrayPool<byte>.Shared.Return(trailer);
        var slot = new Slot
        {
            Sequence = sequence,
            Size = size,
            Unit = (uint)(offset / RecordFormat.Alignment),
            HeaderWords = (ushort)(headerBytes / 8),
            State = SlotState.Live,
        };
        Take((int)(offset + slot.RecordBytes - Position)).Clear();
        return slot;
    }

    /// <summary>Adds a tombstone; gives its slot.</summary>
    public Slot Add(in Tombstone tombstone, ulong sequence)
    {
        var offset = Position;
        RecordFormat.WriteTombstone(Take(RecordFormat.TombstoneBytes), tombstone, sequence, _segment.PlaceAt(offset, _segment.Synced));
        return new Slot
        {
            Sequence = tombstone.DeadSequence,
            Unit = (uint)(offset / RecordFormat.Alignment),
            HeaderWords = RecordFormat.FixedHeaderBytes / 8,
            State = SlotState.Tombstone,
            OtherSegment = tombstone.DeadSegment,
        };
    }

    /// <summary>Everything that was added is given to the system.</summary>
    public void Flush()
    {
        EndPart();
        if (_pending > 0)
        {
            RandomAccess.Write(_segment.File, _parts, _flushed);
        }

        _flushed += _pending;
        Clear();
    }

    private void AddBytes(in ReadOnlySequence<byte> bytes, ulong sequence, Span<uint> checksums)
    {
        long block = 0;
        var left = RecordFormat.BlockBytes;
        var checksum = RecordFormat.BlockSeed(sequence, 0);
        foreach (var whole in bytes)
        {
            for (var part = whole; part.Length > 0;)
            {
                // Right before it is written: what the one brings into the cache the other finds there.
                var take = Math.Min(part.Length, left);
                checksum = Checksum.Append(checksum, part.Span[..take]);
                AddPart(part[..take]);
                part = part[take..];
                left -= take;
                if (left == 0)
                {
                    Store(checksums, block, checksum);
                    checksum = RecordFormat.BlockSeed(sequence, ++block);
                    left = RecordFormat.BlockBytes;
                }
            }
        }

        if (left < RecordFormat.BlockBytes)
        {
            Store(checksums, block, checksum);
        }
    }

    private static void Store(Span<uint> checksums, long block, uint checksum) =>
        checksums[(int)block] = BitConverter.IsLittleEndian ? checksum : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(checksum);

    private void AddPart(ReadOnlyMemory<byte> part)
    {
        if (part.Length <= CopiedBytes)
        {
            Copy(part.Span);
            return;
        }

        EndPart();
        _parts.Add(part);
        _pending += part.Length;
        if (_pending >= FlushBytes || _parts.Count >= FlushParts)
        {
            Flush();
        }
    }

    private void Copy(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var take = Math.Min(bytes.Length, BufferBytes / 4);
            bytes[..take].CopyTo(Take(take));
            bytes = bytes[take..];
        }
    }

    private Span<byte> Take(int bytes)
    {
        if (_buffered + bytes > BufferBytes)
        {
            Flush();
        }

        var taken = _buffer.AsSpan(_buffered, bytes);
        _buffered += bytes;
        _pending += bytes;
        return taken;
    }

    private void EndPart()
    {
        if (_buffered > _partStart)
        {
            _parts.Add(_buffer.AsMemory(_partStart, _buffered - _partStart));
            _partStart = _buffered;
        }
    }

    private void Clear()
    {
        _parts.Clear();
        _pending = 0;
        _buffered = 0;
        _partStart = 0;
    }
}
