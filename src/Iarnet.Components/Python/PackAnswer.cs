using System.Text.Json.Serialization;

namespace Iarnet.Components.Python;

/// <summary>What the packing script says: a pickle, or a problem.</summary>
internal sealed record PackAnswer(
    [property: JsonPropertyName("pickle")] byte[]? Pickle,
    [property: JsonPropertyName("parameters")] string[]? Parameters,
    [property: JsonPropertyName("type")] string? Type,
    [property: JsonPropertyName("message")] string? Message);

[JsonSerializable(typeof(PackAnswer))]
internal sealed partial class PackAnswerContext : JsonSerializerContext;
