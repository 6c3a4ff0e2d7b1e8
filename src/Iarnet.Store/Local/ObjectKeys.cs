using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Iarnet.Objects;

namespace Iarnet.Store;

/// <summary>Under which key an object lies in the index: its id when it is the store's own, else a hash of id and source.</summary>
internal static class ObjectKeys
{
    public static UInt128 OfCopy(in ObjectRef origin)
    {
        // Another store's object may have an id that means something else here: ids that clients make are unique at one store only.
        Span<byte> text = stackalloc byte[16 + Encoding.UTF8.GetMaxByteCount(256)];
        BinaryPrimitives.WriteUInt128BigEndian(text, origin.Id.Value);
        var source = origin.Source.AsSpan(0, Math.Min(origin.Source.Length, 256));
        var length = 16 + Encoding.UTF8.GetBytes(source, text[16..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..length], hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
