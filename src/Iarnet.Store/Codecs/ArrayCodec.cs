using System.Buffers;
using System.Runtime.InteropServices;
using Iarnet.Objects;

namespace Iarnet.Store.Codecs;

/// <summary>
/// Arrays of one primitive type as their little-endian elements, one after another: what a NumPy array of that dtype has in memory.
/// The element type is in the codec's name ("array.int32"), the count follows from the size.
/// </summary>
internal sealed class ArrayCodec<TElement>(string dtype) : ICodec, IAliasingCodec
    where TElement : unmanaged
{
    private static readonly int ElementSize = System.Runtime.CompilerServices.Unsafe.SizeOf<TElement>();

    public string Name { get; } = "array." + dtype;

    public bool Supports(Type type) => type == typeof(TElement[]) || type == typeof(ReadOnlyMemory<TElement>) || type == typeof(Memory<TElement>);

    public bool Aliases(Type type) => false;

    public bool TryView<T>(T value, out ReadOnlyMemory<byte> bytes)
    {
        ReadOnlyMemory<TElement>? elements = value switch
        {
            TElement[] array => array,
            ReadOnlyMemory<TElement> memory => memory,
            Memory<TElement> memory => memory,
            _ => null,
        };

        var canView = elements is { } there && ElementBytes<TElement>.Fits(there.Length);
        bytes = canView ? new ElementBytes<TElement>(elements!.Value).Memory : default;
        return canView;
    }

    public void Encode<T>(T value, IBufferWriter<byte> output) => output.Write(MemoryMarshal.AsBytes(value switch
    {
        TElement[] array => array,
        ReadOnlyMemory<TElement> memory => memory.Span,
        Memory<TElement> memory => memory.Span,
        _ => throw new CodecException($"The codec '{Name}' cannot encode a {TypeText.Of(typeof(T))}: expected {TypeText.Of(typeof(TElement))}[]."),
    }));

    public T Decode<T>(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length % ElementSize != 0)
        {
            throw new CodecException($"{bytes.Length} bytes with codec '{Name}' are no whole number of elements of {ElementSize} bytes: the object is damaged or was not made by this codec.");
        }

        if (!Supports(typeof(T)))
        {
            throw new CodecException($"An object with codec '{Name}' cannot become a {TypeText.Of(typeof(T))}: ask for {TypeText.Of(typeof(TElement))}[].");
        }

        var array = GC.AllocateUninitializedArray<TElement>(bytes.Length / ElementSize);
        bytes.Span.CopyTo(MemoryMarshal.AsBytes(array.AsSpan()));
        return typeof(T) == typeof(TElement[]) ? (T)(object)array
            : typeof(T) == typeof(Memory<TElement>) ? (T)(object)new Memory<TElement>(array)
            : (T)(object)new ReadOnlyMemory<TElement>(array);
    }
}
