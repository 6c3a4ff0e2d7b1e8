namespace Iarnet.Objects;

/// <summary>Bytes with the name of the codec that made them.</summary>
/// <param name="Codec">One of <see cref="CodecNames"/>, or a name of the application's own.</param>
/// <param name="Bytes">The bytes; whoever holds the payload must not change them.</param>
public readonly record struct Payload(string Codec, ReadOnlyMemory<byte> Bytes);
