using System.Buffers.Binary;
using Iarnet.Objects;

namespace Iarnet.Components.Code;

/// <summary>Code lies in the store under its own hash, so that the same file is put, sent and kept once, whoever needs it.</summary>
public static class CodeObjectId
{
    /// <summary>The id of a file with this SHA-256: its first 16 bytes.</summary>
    public static ObjectId Of(ReadOnlySpan<byte> sha256) => new(BinaryPrimitives.ReadUInt128BigEndian(sha256));
}
