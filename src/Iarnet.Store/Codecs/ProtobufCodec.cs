using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Iarnet.Objects;

namespace Iarnet.Store.Codecs;

/// <summary>Generated Protocol Buffers messages in their binary form.</summary>
internal sealed class ProtobufCodec : ICodec, IAliasingCodec
{
    public string Name => CodecNames.Protobuf;

    public bool Supports(Type type) => typeof(IMessage).IsAssignableFrom(type) && !type.IsInterface && !type.IsAbstract;

    public bool Aliases(Type type) => false;

    public bool TryView<T>(T value, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        return false;
    }

    public void Encode<T>(T value, IBufferWriter<byte> output)
    {
        try
        {
            ((IMessage)(object)value!).WriteTo(output);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or InvalidCastException)
        {
            throw new CodecException($"A {TypeText.Of(typeof(T))} cannot be encoded as protobuf: {error.Message}", error);
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2091", Justification = "A generated message refers to its own constructor from the parser that its code builds.")]
    public T Decode<T>(ReadOnlyMemory<byte> bytes)
    {
        if (!Supports(typeof(T)))
        {
            throw new CodecException($"A protobuf object cannot become a {TypeText.Of(typeof(T))}: ask for the generated message type that it was made from.");
        }

        try
        {
            var message = Activator.CreateInstance<T>();
            ((IMessage)(object)message!).MergeFrom(bytes.Span);
            return message;
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new CodecException($"{bytes.Length} bytes are no protobuf message of type {TypeText.Of(typeof(T))}: {error.Message}", error);
        }
    }
}
