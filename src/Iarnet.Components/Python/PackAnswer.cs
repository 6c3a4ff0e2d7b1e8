using System.Text.Json.Serialization;

namespace Iarnet.Components.Python;

/// <summary>What the packing script says: a pickle, or a problem.</summary>
internal sealed record PackAnswer(
    [property: JsonPropertyName("pickle")] byte[]? Pickle,
    [property: JsonPropertyName("parameters")] string[]? Parameters,
    [property: JsonPropertyName("variadic")] bool Variadic,
    [property: JsonPropertyName("problem")] string? Problem,
    [property: JsonPropertyName("text")] string? Text);

[JsonSerializable(typeof(PackAnswer))]
internal sealed partial class PackAnswerContext : JsonSerializerContext;
