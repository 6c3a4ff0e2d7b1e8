using System.Text.Json.Serialization;

namespace Iarnet.LoadBench.Harness;

/// <summary>One line of a side-by-side table: medians over all rounds, the ratio the median of same-round ratios; or why there are no figures.
/// Where several peers do the same work, it is against the fastest of them.</summary>
internal sealed record Row(
    [property: JsonPropertyName("workload")] string Workload,
    [property: JsonPropertyName("unit")] string Unit,
    [property: JsonPropertyName("ours")] double Ours,
    [property: JsonPropertyName("peer")] double Peer,
    [property: JsonPropertyName("ratio")] double Ratio,
    [property: JsonPropertyName("goal")] string Goal,
    [property: JsonPropertyName("holds")] bool Holds,
    [property: JsonPropertyName("error"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null,
    [property: JsonPropertyName("against"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Against = null);
