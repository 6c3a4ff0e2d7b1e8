namespace Iarnet.Rpc;

/// <summary>Turns messages of a type into bytes and back.</summary>
public sealed class Marshaller<T>(Action<T, SerializationContext> serializer, Func<DeserializationContext, T> deserializer)
{
    /// <summary>Writes a message.</summary>
    public Action<T, SerializationContext> ContextualSerializer { get; } = serializer;

    /// <summary>Reads a message.</summary>
    public Func<DeserializationContext, T> ContextualDeserializer { get; } = deserializer;

    /// <summary>
    /// Where the end of a large response goes without being copied: called with the first bytes of a message and its length; says how many of them
    /// it keeps, and gives memory for exactly the rest, or none for a message like any other. The deserializer is called when the rest is there,
    /// with what was kept. Must not throw. Default null: every message is read as a whole.
    /// </summary>
    public Func<ReadOnlyMemory<byte>, int, (int Kept, Memory<byte> Place)>? Placement { get; init; }
}
