using System.Buffers.Binary;
using Google.Protobuf;
using Iarnet.Objects;

namespace Iarnet.Store.Service;

/// <summary>Object ids as they travel: 16 bytes, big-endian.</summary>
internal static class WireIds
{
    private const int Length = 16;

    public static ByteString ToWire(this ObjectId id)
    {
        var bytes = new byte[Length];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, id.Value);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    /// <exception cref="ArgumentException">Not 16 bytes.</exception>
    public static ObjectId ToId(this ByteString bytes) => bytes.Length == Length
        ? new ObjectId(BinaryPrimitives.ReadUInt128BigEndian(bytes.Span))
        : throw new ArgumentException($"An object id has {bytes.Length} bytes: expected {Length}.");

    /// <summary>Empty means that the store makes one.</summary>
    public static ObjectId? ToOptionalId(this ByteString bytes) => bytes.IsEmpty ? null : bytes.ToId();
}
