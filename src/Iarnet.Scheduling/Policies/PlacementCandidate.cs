using Iarnet.Resources;

namespace Iarnet.Scheduling;

/// <summary>A provider that can take a component.</summary>
/// <param name="ProviderId">Its name.</param>
/// <param name="Total">All that it has.</param>
/// <param name="Available">What is left of it before the component is placed.</param>
/// <param name="SameName">How many components of the same <see cref="ComponentRequest.Name"/> it runs.</param>
public readonly record struct PlacementCandidate(string ProviderId, ResourceAmounts Total, ResourceAmounts Available, int SameName)
{
    /// <summary>
    /// The load of the provider once the component is there: the largest used share of any kind that it has (its dominant share),
    /// from 0 to 1.
    /// </summary>
    public double LoadWith(in ResourceAmounts asked) => Math.Max(
        Share(Total.CpuMillicores, Available.CpuMillicores - asked.CpuMillicores),
        Math.Max(Share(Total.MemoryBytes, Available.MemoryBytes - asked.MemoryBytes), Share(Total.Gpus, Available.Gpus - asked.Gpus)));

    private static double Share(long total, long left) => total <= 0 ? 0 : 1 - ((double)left / total);
}
