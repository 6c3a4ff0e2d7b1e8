using System.Buffers;
using Iarnet.Objects;

namespace Iarnet.Store.Codecs;

/// <summary>Carries pickles as they are, as <see cref="PickledObject"/>.</summary>
/// <param name="name">Which of the two forms of pickles; values say themselves which they are.</param>
internal sealed class PickleCodec(string name) : ICodec, IAliasingCodec
{
    public string Name { get; } = name;

    public bool Supports(Type type) => type == typeof(PickledObject);

    public bool Aliases(Type type) => true;

    public bool TryView<T>(T value, out ReadOnlyMemory<byte> bytes)
    {
        bytes = value is PickledObject pickled ? pickled.Bytes : default;
        return value is PickledObject;
    }

    public string NameOf<T>(T value) => value is PickledObject pickled ? pickled.Codec : Name;

    public void Encode<T>(T value, IBufferWriter<byte> output) => output.Write(((PickledObject)(object)value!).Bytes.Span);

    public T Decode<T>(ReadOnlyMemory<byte> bytes) => typeof(T) == typeof(PickledObject)
        ? (T)(object)new PickledObject(bytes) { Codec = Name }
        : throw new CodecException(
            $"A Python pickle of {bytes.Length} bytes cannot become a {TypeText.Of(typeof(T))}: only Python reads pickles. " +
            $"Ask for {nameof(PickledObject)} to carry it on, or let the Python function return what JSON can express.");
}
