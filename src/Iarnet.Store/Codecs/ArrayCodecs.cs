using Iarnet.Objects;

namespace Iarnet.Store.Codecs;

/// <summary>One codec for each primitive type, named as NumPy names it.</summary>
internal static class ArrayCodecs
{
    /// <summary>Empty on a big-endian machine: elements travel as they lie in memory, so there arrays go as JSON.</summary>
    public static readonly ICodec[] All = BitConverter.IsLittleEndian
        ?
        [
            new ArrayCodec<bool>("bool"),
            new ArrayCodec<sbyte>("int8"),
            new ArrayCodec<short>("int16"),
            new ArrayCodec<ushort>("uint16"),
            new ArrayCodec<int>("int32"),
            new ArrayCodec<uint>("uint32"),
            new ArrayCodec<long>("int64"),
            new ArrayCodec<ulong>("uint64"),
            new ArrayCodec<Half>("float16"),
            new ArrayCodec<float>("float32"),
            new ArrayCodec<double>("float64"),
        ]
        : [];
}
