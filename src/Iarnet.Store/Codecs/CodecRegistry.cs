using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using Iarnet.Objects;
using Iarnet.Store.Codecs;

namespace Iarnet.Store;

/// <summary>
/// Chooses the codec for a value by its static type and for bytes by the codec's name. Thread-safe, immutable.
/// Order: the application's own codecs, then raw bytes, arrays of primitives, pickles, protobuf messages, JSON for everything else.
/// A null of any type is the JSON <c>null</c>.
/// </summary>
public sealed class CodecRegistry
{
    private readonly ICodec[] _codecs;
    private readonly FrozenDictionary<string, ICodec> _byName;
    private readonly ConcurrentDictionary<Type, ICodec> _byType = new();

    /// <summary>The built-in codecs and, before them, those of the application.</summary>
    /// <param name="codecs">Own codecs, asked first, in order. One may take the place of a built-in codec by having its name.</param>
    /// <exception cref="ArgumentException">Two of <paramref name="codecs"/> have the same name.</exception>
    public CodecRegistry(params IEnumerable<ICodec> codecs)
    {
        ArgumentNullException.ThrowIfNull(codecs);
        var byName = new Dictionary<string, ICodec>(StringComparer.Ordinal);
        var all = new List<ICodec>();
        foreach (var codec in codecs)
        {
            if (!byName.TryAdd(codec.Name, codec))
            {
                throw new ArgumentException($"Two codecs are named '{codec.Name}': the name travels with the bytes and must tell which one reads them.", nameof(codecs));
            }

            all.Add(codec);
        }

        foreach (var codec in BuiltIn())
        {
            if (byName.TryAdd(codec.Name, codec))
            {
                all.Add(codec);
            }
        }

        _codecs = [.. all];
        _byName = byName.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The built-in codecs alone.</summary>
    public static CodecRegistry Default { get; } = new();

    /// <summary>Encodes a value into memory of its own.</summary>
    /// <exception cref="CodecException">No codec knows the type, or the value has no encoded form; the text names the type and the place.</exception>
    public Payload Encode<T>(T value)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        return new Payload(Encode(value, buffer), buffer.WrittenMemory);
    }

    /// <summary>Encodes a value into a buffer and gives the name of the codec that did it.</summary>
    /// <exception cref="CodecException">As <see cref="Encode{T}(T)"/>.</exception>
    public string Encode<T>(T value, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (value is null)
        {
            output.Write("null"u8);
            return CodecNames.Json;
        }

        var codec = For(typeof(T));
        codec.Encode(value, output);
        return NameOf(codec, value);
    }

    /// <summary>Decodes a value; memory types may point into the payload's bytes, all else owns its memory.</summary>
    /// <exception cref="CodecException">The codec is unknown here, or the bytes are not an encoded <typeparamref name="T"/>.</exception>
    public T Decode<T>(in Payload payload)
    {
        if (!_byName.TryGetValue(payload.Codec, out var codec))
        {
            throw new CodecException(
                $"No codec named '{payload.Codec}' is registered here, so {payload.Bytes.Length} bytes of it cannot become a {TypeText.Of(typeof(T))}. " +
                $"Known: {string.Join(", ", _byName.Keys.Order(StringComparer.Ordinal))}.");
        }

        if (payload.Codec == CodecNames.Json && payload.Bytes.Span.SequenceEqual("null"u8))
        {
            return default(T) is null
                ? default!
                : throw new CodecException($"The value is null, and {TypeText.Of(typeof(T))} cannot be.");
        }

        return codec.Decode<T>(payload.Bytes);
    }

    /// <summary>The codec that encodes values of a static type.</summary>
    /// <exception cref="CodecException">No codec knows the type.</exception>
    public ICodec For(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (_byType.TryGetValue(type, out var known))
        {
            return known;
        }

        var codec = Array.Find(_codecs, c => c.Supports(type))
            ?? throw new CodecException($"No codec knows the type {TypeText.Of(type)}. Register one, or pass a type that JSON can express.");
        return _byType.GetOrAdd(type, codec);
    }

    /// <summary>Whether a decoded value may point into the bytes it came from; an unknown codec is not trusted to copy.</summary>
    internal bool MayAlias<T>(string codec) =>
        _byName.TryGetValue(codec, out var known) && known is not JsonCodec && (known is not IAliasingCodec own || own.Aliases(typeof(T)));

    /// <summary>The bytes of a value that is its own encoded form.</summary>
    internal bool TryView<T>(T value, out Payload payload)
    {
        if (value is not null && For(typeof(T)) is IAliasingCodec codec && codec.TryView(value, out var bytes))
        {
            payload = new Payload(NameOf((ICodec)codec, value), bytes);
            return true;
        }

        payload = default;
        return false;
    }

    // What was carried unopened goes on under the name that it came with.
    private static string NameOf<T>(ICodec codec, T value) => codec is PickleCodec pickles ? pickles.NameOf(value) : codec.Name;

    private static IEnumerable<ICodec> BuiltIn() =>
        [new RawCodec(), .. ArrayCodecs.All, new PickleCodec(CodecNames.Pickle), new PickleCodec(CodecNames.PickleBuffers), new ProtobufCodec(), new JsonCodec()];
}
