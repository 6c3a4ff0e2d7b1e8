using System.Buffers;
using Iarnet.Objects;

namespace Iarnet.Store.Codecs;

/// <summary>Bytes as they are. A byte[] is copied out; memory and sequences point into the bytes.</summary>
internal sealed class RawCodec : ICodec, IAliasingCodec
{
    public string Name => CodecNames.Raw;

    public bool Supports(Type type) => type == typeof(byte[]) || type == typeof(ReadOnlyMemory<byte>) || type == typeof(Memory<byte>)
        || type == typeof(ReadOnlySequence<byte>);

    public bool Aliases(Type type) => type != typeof(byte[]);

    public bool TryView<T>(T value, out ReadOnlyMemory<byte> bytes)
    {
        switch (value)
        {
            case byte[] array:
                bytes = array;
                return true;
            case ReadOnlyMemory<byte> memory:
                bytes = memory;
                return true;
            case Memory<byte> memory:
                bytes = memory;
                return true;
            case ReadOnlySequence<byte> { IsSingleSegment: true } sequence:
                bytes = sequence.First;
                return true;
            default:
                bytes = default;
                return false;
        }
    }

    public void Encode<T>(T value, IBufferWriter<byte> output)
    {
        if (TryView(value, out var bytes))
        {
            output.Write(bytes.Span);
            return;
        }

        foreach (var part in (ReadOnlySequence<byte>)(object)value!)
        {
            output.Write(part.Span);
        }
    }

    public T Decode<T>(ReadOnlyMemory<byte> bytes)
    {
        if (typeof(T) == typeof(byte[]))
        {
            return (T)(object)bytes.ToArray();
        }

        if (typeof(T) == typeof(ReadOnlyMemory<byte>))
        {
            return (T)(object)bytes;
        }

        if (typeof(T) == typeof(Memory<byte>))
        {
            // Writable memory must not be a window onto an immutable object.
            return (T)(object)new Memory<byte>(bytes.ToArray());
        }

        if (typeof(T) == typeof(ReadOnlySequence<byte>))
        {
            return (T)(object)new ReadOnlySequence<byte>(bytes);
        }

        throw new CodecException(
            $"{bytes.Length} raw bytes cannot become a {TypeText.Of(typeof(T))}: expected byte[], ReadOnlyMemory<byte>, Memory<byte> or ReadOnlySequence<byte>.");
    }
}
