using System.Buffers.Binary;

namespace Iarnet.Rpc;

/// <summary>What stands before each message: one flag byte and four bytes of length, big-endian.</summary>
internal static class MessageFrame
{
    public const int HeaderSize = 5;

    /// <summary>The length of the message that follows, checked before anything is allocated for it.</summary>
    public static int ReadHeader(ReadOnlySpan<byte> header, int maxSize)
    {
        if (header[0] != 0)
        {
            throw new RpcException(new Status(
                StatusCode.Internal,
                $"A message has the flag byte {header[0]}; expected 0, since no compression was agreed on."));
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        CheckSize(length, maxSize, "received");
        return (int)length;
    }

    public static void WriteHeader(Span<byte> header, int length)
    {
        header[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], length);
    }

    public static void CheckSize(long size, int maxSize, string done)
    {
        if (size > maxSize)
        {
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted,
                $"A message of {size} bytes cannot be {done}: the limit is {maxSize} bytes. Raise the limit on this side, or send less."));
        }
    }
}
