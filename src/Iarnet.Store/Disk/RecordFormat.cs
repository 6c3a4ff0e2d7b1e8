using System.Buffers.Binary;
using System.Text;
using Iarnet.Objects;
using Iarnet.Store.Memory;

namespace Iarnet.Store.Disk;

/// <summary>
/// How a record lies in a segment. Numbers have their lowest byte first; a record begins at a multiple of 64 bytes:
/// <code>
/// header   0  u32 magic
///          4  u32 checksum of bytes 8 to the header's end, continued from that of (salt u64, segment u32, offset u64)
///          8  u8  kind: 1 object, 2 tombstone        9 u8 0
///         10  u16 bytes of codec                    12 u16 bytes of owner         14 u16 0
///         16  u32 bytes of metadata plus one; 0 none                              20 u32 0
///         24  u64 sequence                          32 u128 id
///         48  i64 expiry; of a tombstone the segment of the dead record
///         56  i64 size;   of a tombstone the sequence of the dead record
///         64  i64 how much of this segment was on the disk for certain when this was written
///         72  codec, owner, metadata, zeros to a multiple of 8
/// bytes    size
/// trailer  u32 checksum of each block of 1 MiB (the last may be shorter), continued from that of (sequence u64, block u64)
///          u32 checksum of those, continued from that of the header
/// zeros to a multiple of 64
/// </code>
/// The salt is a random number in the name of the file. With it and the place in the header's checksum, bytes of an object that look like
/// a record are never taken for one when a damaged header makes recovery search for the next; with the sequence in a block's, a block that
/// ended up in another's place is found out. The sequence stays with a record that is moved. The trailer comes last, so a record
/// that was cut off has none.
/// </summary>
internal static class RecordFormat
{
    public const int Alignment = 64;
    public const int BlockBytes = 1 << 20;
    public const int FixedHeaderBytes = 72;
    public const int MaxCodecBytes = 1024;
    public const int MaxOwnerBytes = 4096;
    public const int MaxMetadataBytes = 64 << 10;
    public const int MaxHeaderBytes = FixedHeaderBytes + MaxCodecBytes + MaxOwnerBytes + MaxMetadataBytes;
    public const int TombstoneBytes = 128;

    /// <summary>Units of 64 bytes are counted in 32 bits.</summary>
    public const long MaxOffset = (long)uint.MaxValue * Alignment;

    private const uint Magic = 0x31445249;
    private const byte ObjectKind = 1;
    private const byte TombstoneKind = 2;

    public static long Blocks(long size) => (size + BlockBytes - 1) / BlockBytes;

    public static int TrailerBytes(long size) => checked((int)((Blocks(size) + 1) * sizeof(uint)));

    public static long RecordBytes(int headerBytes, long size) => Aligned(headerBytes + size + TrailerBytes(size), Alignment);

    public static long Aligned(long value, int to) => (value + to - 1) & -to;

    public static int HeaderBytes(in DiskRecord record)
    {
        var codec = Encoding.UTF8.GetByteCount(record.Codec);
        var owner = Encoding.UTF8.GetByteCount(record.Owner);
        Check("codec", codec, MaxCodecBytes, record.Id);
        Check("owner", owner, MaxOwnerBytes, record.Id);
        Check("metadata", record.Metadata?.Length ?? 0, MaxMetadataBytes, record.Id);
        return (int)Aligned(FixedHeaderBytes + codec + owner + (record.Metadata?.Length ?? 0), 8);
    }

    /// <summary>Writes the header of an object over all of the span; gives its checksum.</summary>
    public static uint WriteObject(Span<byte> header, in DiskRecord record, long size, ulong sequence, in RecordPlace place)
    {
        header.Clear();
        var codec = Encoding.UTF8.GetBytes(record.Codec, header[FixedHeaderBytes..]);
        var owner = Encoding.UTF8.GetBytes(record.Owner, header[(FixedHeaderBytes + codec)..]);
        record.Metadata.AsSpan().CopyTo(header[(FixedHeaderBytes + codec + owner)..]);
        header[8] = ObjectKind;
        BinaryPrimitives.WriteUInt16LittleEndian(header[10..], (ushort)codec);
        BinaryPrimitives.WriteUInt16LittleEndian(header[12..], (ushort)owner);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], record.Metadata is null ? 0 : (uint)record.Metadata.Length + 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], sequence);
        BinaryPrimitives.WriteUInt128LittleEndian(header[32..], record.Id.Value);
        BinaryPrimitives.WriteInt64LittleEndian(header[48..], record.ExpiresAtUnixMs);
        BinaryPrimitives.WriteInt64LittleEndian(header[56..], size);
        return Seal(header, place);
    }

    /// <summary>Writes a whole tombstone over the span.</summary>
    public static void WriteTombstone(Span<byte> record, in Tombstone tombstone, ulong sequence, in RecordPlace place)
    {
        record.Clear();
        var header = record[..FixedHeaderBytes];
        header[8] = TombstoneKind;
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(header[48..], tombstone.DeadSegment);
        BinaryPrimitives.WriteUInt64LittleEndian(header[56..], tombstone.DeadSequence);
        WriteTrailer(record[FixedHeaderBytes..(FixedHeaderBytes + sizeof(uint))], Seal(header, place));
    }

    /// <summary>Gives the header its new place; gives its checksum, which the trailer needs.</summary>
    public static uint Seal(Span<byte> header, in RecordPlace place)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(header[64..], place.Synced);
        var checksum = HeaderChecksum(header, place);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], checksum);
        return checksum;
    }

    /// <summary>Completes a trailer whose block checksums are there.</summary>
    public static void WriteTrailer(Span<byte> trailer, uint headerChecksum) =>
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[^sizeof(uint)..], TrailerChecksum(trailer, headerChecksum));

    public static bool IsTrailer(ReadOnlySpan<byte> trailer, uint headerChecksum) =>
        BinaryPrimitives.ReadUInt32LittleEndian(trailer[^sizeof(uint)..]) == TrailerChecksum(trailer, headerChecksum);

    /// <summary>Gives a record another place; false, and nothing is changed, when header or trailer are damaged.</summary>
    public static bool TryMove(Span<byte> header, Span<byte> trailer, in RecordPlace from, in RecordPlace to)
    {
        if (LengthOf(header) != header.Length || !IsHeader(header, from, out var checksum) || !IsTrailer(trailer, checksum))
        {
            return false;
        }

        WriteTrailer(trailer, Seal(header, to));
        return true;
    }

    /// <summary>What the checksum of a block continues.</summary>
    public static uint BlockSeed(ulong sequence, long block)
    {
        Span<byte> seed = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(seed, sequence);
        BinaryPrimitives.WriteInt64LittleEndian(seed[8..], block);
        return Checksum.Of(seed);
    }

    /// <summary>Whether a header may begin here: cheap, for the search after a damaged one.</summary>
    public static bool HasMagic(ReadOnlySpan<byte> at) => at.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(at) == Magic;

    /// <summary>How long the header is whose fixed part this is; 0 when it is none.</summary>
    public static int LengthOf(ReadOnlySpan<byte> fixedPart)
    {
        if (fixedPart.Length < FixedHeaderBytes || !HasMagic(fixedPart) || fixedPart[8] is not (ObjectKind or TombstoneKind))
        {
            return 0;
        }

        var codec = BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[10..]);
        var owner = BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[12..]);
        var metadata = BinaryPrimitives.ReadUInt32LittleEndian(fixedPart[16..]);
        return codec > MaxCodecBytes || owner > MaxOwnerBytes || metadata > MaxMetadataBytes + 1
            ? 0
            : (int)Aligned(FixedHeaderBytes + codec + owner + (metadata == 0 ? 0 : metadata - 1), 8);
    }

    /// <summary>Reads a header of the length that <see cref="LengthOf"/> gave; false when it is damaged or belongs elsewhere.</summary>
    public static bool TryRead(ReadOnlySpan<byte> header, in RecordPlace place, out ParsedRecord parsed)
    {
        parsed = default;
        if (!IsHeader(header, place, out var checksum))
        {
            return false;
        }

        var codec = BinaryPrimitives.ReadUInt16LittleEndian(header[10..]);
        var owner = BinaryPrimitives.ReadUInt16LittleEndian(header[12..]);
        var metadata = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
        var rest = header[FixedHeaderBytes..];
        var isTombstone = header[8] == TombstoneKind;
        var last = BinaryPrimitives.ReadInt64LittleEndian(header[48..]);
        var size = BinaryPrimitives.ReadInt64LittleEndian(header[56..]);
        var record = isTombstone ? default : new DiskRecord(
            new ObjectId(BinaryPrimitives.ReadUInt128LittleEndian(header[32..])),
            Encoding.UTF8.GetString(rest[..codec]),
            Encoding.UTF8.GetString(rest.Slice(codec, owner)),
            metadata == 0 ? null : rest.Slice(codec + owner, (int)metadata - 1).ToArray(),
            last);
        parsed = new ParsedRecord(
            record,
            place.Offset,
            header.Length,
            isTombstone ? 0 : size,
            BinaryPrimitives.ReadUInt64LittleEndian(header[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[64..]),
            checksum,
            isTombstone ? new Tombstone((ulong)size, (int)last) : null);
        return parsed.Size >= 0;
    }

    private static bool IsHeader(ReadOnlySpan<byte> header, in RecordPlace place, out uint checksum)
    {
        checksum = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        return checksum == HeaderChecksum(header, place);
    }

    private static uint HeaderChecksum(ReadOnlySpan<byte> header, in RecordPlace place)
    {
        Span<byte> seed = stackalloc byte[20];
        BinaryPrimitives.WriteUInt64LittleEndian(seed, place.Salt);
        BinaryPrimitives.WriteInt32LittleEndian(seed[8..], place.Segment);
        BinaryPrimitives.WriteInt64LittleEndian(seed[12..], place.Offset);
        return Checksum.Append(Checksum.Of(seed), header[8..]);
    }

    private static uint TrailerChecksum(ReadOnlySpan<byte> trailer, uint headerChecksum) =>
        Checksum.Append(headerChecksum, trailer[..^sizeof(uint)]);

    private static void Check(string what, int bytes, int limit, ObjectId id)
    {
        if (bytes > limit)
        {
            throw new ArgumentException($"The {what} of object {id} has {bytes} bytes; on disk it may have {limit}. Use a shorter one.", nameof(bytes));
        }
    }
}
