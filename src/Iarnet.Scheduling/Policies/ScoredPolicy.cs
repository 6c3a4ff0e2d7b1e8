namespace Iarnet.Scheduling;

/// <summary>Chooses the candidate with the lowest score; among equals, any with the same chance.</summary>
internal sealed class ScoredPolicy(string name, Func<PlacementCandidate, ComponentRequest, (double First, double Second)> score) : IPlacementPolicy
{
    public string Name => name;

    public static IEnumerable<IPlacementPolicy> BuiltIn =>
    [
        new ScoredPolicy(PlacementPolicies.LeastLoaded, (c, r) => (c.LoadWith(r.Resources.Amounts), 0)),
        new ScoredPolicy(PlacementPolicies.BinPack, (c, r) => (-c.LoadWith(r.Resources.Amounts), 0)),
        new ScoredPolicy(PlacementPolicies.Spread, (c, r) => (c.SameName, c.LoadWith(r.Resources.Amounts))),
    ];

    public int Choose(ReadOnlySpan<PlacementCandidate> candidates, PlacementContext context)
    {
        var best = 0;
        var bestScore = score(candidates[0], context.Request);
        var equals = 1;
        for (var i = 1; i < candidates.Length; i++)
        {
            var next = score(candidates[i], context.Request);
            var order = next.CompareTo(bestScore);
            if (order < 0)
            {
                (best, bestScore, equals) = (i, next, 1);
            }
            else if (order == 0 && context.Random.Next(++equals) == 0)
            {
                // The k-th equal replaces the choice with chance 1/k: each ends up chosen with the same chance (reservoir sampling).
                best = i;
            }
        }

        return best;
    }
}
