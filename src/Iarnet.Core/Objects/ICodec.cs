using System.Buffers;

namespace Iarnet.Objects;

/// <summary>Turns values into bytes and back. Implementations are thread-safe and keep no state between calls.</summary>
public interface ICodec
{
    /// <summary>The name that travels with the bytes: short, lower-case, unique among the codecs of a process.</summary>
    string Name { get; }

    /// <summary>Whether values of this static type can be encoded and decoded.</summary>
    bool Supports(Type type);

    /// <summary>Writes the value.</summary>
    /// <exception cref="CodecException">This value of a supported type has no encoded form (a cycle, say).</exception>
    void Encode<T>(T value, IBufferWriter<byte> output);

    /// <summary>
    /// Reads a value. The result may alias <paramref name="bytes"/> (raw memory does); a caller that keeps it longer than the bytes copies first.
    /// </summary>
    /// <exception cref="CodecException">The bytes are not an encoded <typeparamref name="T"/>.</exception>
    T Decode<T>(ReadOnlyMemory<byte> bytes);
}
