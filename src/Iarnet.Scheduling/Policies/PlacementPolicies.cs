namespace Iarnet.Scheduling;

/// <summary>The names of the policies that are always there.</summary>
public static class PlacementPolicies
{
    /// <summary>The provider with the smallest load afterwards: work is even and every machine keeps room. For most uses.</summary>
    public const string LeastLoaded = "least-loaded";

    /// <summary>The provider with the largest load afterwards: keeps large pieces free for large components, and machines empty that could be given back.</summary>
    public const string BinPack = "bin-pack";

    /// <summary>The provider with the fewest components of the same name, then the smallest load: one provider's failure takes the fewest replicas.</summary>
    public const string Spread = "spread";
}
