namespace Iarnet.Rpc;

/// <summary>Makes marshallers; called by generated code.</summary>
public static class Marshallers
{
    /// <summary>A marshaller from its two functions.</summary>
    public static Marshaller<T> Create<T>(Action<T, SerializationContext> serializer, Func<DeserializationContext, T> deserializer) =>
        new(serializer, deserializer);
}
