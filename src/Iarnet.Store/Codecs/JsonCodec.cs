using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Iarnet.Objects;

namespace Iarnet.Store;

/// <summary>
/// Values as UTF-8 JSON by System.Text.Json. Thread-safe.
/// Without options of your own: fields are included (so that tuples keep their parts), NaN and infinities are written as text, enums as
/// numbers, and types are found by reflection unless the application turned that off (then give options with a source-generated resolver).
/// </summary>
public sealed class JsonCodec : ICodec
{
    [ThreadStatic]
    private static Utf8JsonWriter? _idleWriter;

    private readonly JsonSerializerOptions _options;

    /// <summary>A codec with the defaults above.</summary>
    public JsonCodec()
        : this(Defaults())
    {
    }

    /// <summary>A codec with options of your own, such as those of a source-generated context; both ends need the same ones.</summary>
    /// <exception cref="ArgumentException">The options have no way to find types.</exception>
    public JsonCodec(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.TypeInfoResolver is null && !JsonSerializer.IsReflectionEnabledByDefault)
        {
            throw new ArgumentException("These JSON options have no TypeInfoResolver and this application has no reflection-based JSON: set it to a source-generated context.", nameof(options));
        }

        _options = new JsonSerializerOptions(options);
        _options.Converters.Add(new Codecs.RefusedTypes());
        _options.TypeInfoResolver ??= Reflection();
        _options.MakeReadOnly();
    }

    /// <inheritdoc/>
    public string Name => CodecNames.Json;

    /// <inheritdoc/>
    public bool Supports(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return !type.IsPointer && !type.IsByRef && !type.IsByRefLike && !type.ContainsGenericParameters;
    }

    /// <inheritdoc/>
    public void Encode<T>(T value, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);

        // Taken out while in use: a converter may encode with this codec again on the same thread.
        var writer = _idleWriter ?? new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        _idleWriter = null;
        writer.Reset(output);
        try
        {
            var info = (JsonTypeInfo<T>)_options.GetTypeInfo(typeof(T));
            RefuseSlicing(value, info);
            JsonSerializer.Serialize(writer, value, info);
            writer.Flush();
        }
        catch (Exception error) when (error is not OutOfMemoryException and not CodecException and not StoreFullException)
        {
            throw new CodecException(
                $"A {Codecs.TypeText.Of(value?.GetType() ?? typeof(T))} cannot be encoded as JSON: {error.Message} Change the type, or register a codec for it.", error);
        }

        writer.Reset(Stream.Null);
        _idleWriter = writer;
    }

    /// <inheritdoc/>
    public T Decode<T>(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes.Span, (JsonTypeInfo<T>)_options.GetTypeInfo(typeof(T)))!;
        }
        catch (Exception error) when (error is not OutOfMemoryException and not CodecException)
        {
            throw new CodecException($"{bytes.Length} bytes of JSON cannot become a {Codecs.TypeText.Of(typeof(T))}: {error.Message}", error);
        }
    }

    // A derived value behind a base type would arrive as the base, silently poorer.
    private static void RefuseSlicing<T>(T value, JsonTypeInfo<T> info)
    {
        if (value is not null && info.Kind == JsonTypeInfoKind.Object && info.PolymorphismOptions is null && value.GetType() != typeof(T)
            && Nullable.GetUnderlyingType(typeof(T)) is null)
        {
            throw new CodecException(
                $"A {Codecs.TypeText.Of(value.GetType())} passed as {Codecs.TypeText.Of(typeof(T))} would lose its own members in JSON: " +
                $"declare the exact type, or put [JsonDerivedType] on {Codecs.TypeText.Of(typeof(T))}.");
        }
    }

    private static JsonSerializerOptions Defaults() => new()
    {
        IncludeFields = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        TypeInfoResolver = Reflection(),
    };

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Guarded by IsReflectionEnabledByDefault, which trimming turns off.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Guarded by IsReflectionEnabledByDefault, which native compilation turns off.")]
    private static IJsonTypeInfoResolver? Reflection() => JsonSerializer.IsReflectionEnabledByDefault
        ? new DefaultJsonTypeInfoResolver()
        : JsonTypeInfoResolver.Combine();
}
