using Iarnet.Providers;
using Iarnet.Resources;

namespace Iarnet.Scheduling;

/// <summary>The one place that says whether a provider can take a component, for choosing and for explaining alike.</summary>
internal static class Feasibility
{
    /// <summary>Null when it can; otherwise why not, without the provider's name.</summary>
    public static string? Refusal(ProviderEntry entry, ComponentRequest request)
    {
        if (entry.State != ProviderState.Connected)
        {
            return $"not connected: {entry.Note}";
        }

        if (!entry.Provider.Runtimes.Contains(request.Runtime))
        {
            return $"does not run '{request.Runtime}' (it runs {Join(entry.Provider.Runtimes)})";
        }

        var missingTags = request.Resources.Tags.Except(entry.Provider.Tags);
        if (!missingTags.IsEmpty)
        {
            return $"lacks the tags {Join(missingTags)} (it has {Join(entry.Provider.Tags)})";
        }

        var missing = ResourceLedger.Missing(request.Resources.Amounts, entry.Available);
        return missing == ResourceAmounts.Zero ? null : $"short of {Describe(missing)} (available {entry.Available} of {entry.Total})";
    }

    private static string Describe(in ResourceAmounts missing)
    {
        var parts = new List<string>(3);
        if (missing.CpuMillicores > 0)
        {
            parts.Add($"cpu {CpuQuantity.Format(missing.CpuMillicores)}");
        }

        if (missing.MemoryBytes > 0)
        {
            parts.Add($"memory {MemoryQuantity.Format(missing.MemoryBytes)}");
        }

        if (missing.Gpus > 0)
        {
            parts.Add($"gpu {missing.Gpus}");
        }

        return string.Join(", ", parts);
    }

    private static string Join(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } text ? text : "none";
}
