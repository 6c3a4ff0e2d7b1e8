using System.Buffers.Binary;

namespace Iarnet.Store.Transfer;

/// <summary>The 24 bytes before every body. Of one form for all frames, so that a reader asks the kernel for exactly as much.</summary>
internal readonly record struct FrameHeader(FrameKind Kind, byte Flags, uint Call, int Length, uint Checksum, long Offset)
{
    public const int Bytes = 24;

    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, Length);
        to[4] = (byte)Kind;
        to[5] = Flags;
        BinaryPrimitives.WriteUInt16LittleEndian(to[6..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(to[8..], Call);
        BinaryPrimitives.WriteUInt32LittleEndian(to[12..], Checksum);
        BinaryPrimitives.WriteInt64LittleEndian(to[16..], Offset);
    }

    public static FrameHeader Read(ReadOnlySpan<byte> from)
    {
        if (BinaryPrimitives.ReadUInt16LittleEndian(from[6..]) != 0)
        {
            throw new TransferProtocolException("The reserved bytes of a frame's header are not zero.");
        }

        return new FrameHeader(
            (FrameKind)from[4],
            from[5],
            BinaryPrimitives.ReadUInt32LittleEndian(from[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(from),
            BinaryPrimitives.ReadUInt32LittleEndian(from[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[16..]));
    }
}
