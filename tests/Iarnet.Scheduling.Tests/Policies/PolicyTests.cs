using Iarnet.Resources;

namespace Iarnet.Scheduling.Tests.Policies;

public sealed class PolicyTests
{
    private static readonly ResourceAmounts Total = ResourceAmounts.Parse("4", "4Gi");

    [Theory]
    [InlineData(PlacementPolicies.LeastLoaded, "idle")]
    [InlineData(PlacementPolicies.BinPack, "busy")]
    [InlineData(PlacementPolicies.Spread, "idle")]
    [InlineData("LEAST-LOADED", "idle")]
    public void Each_policy_follows_its_rule(string policy, string expected)
    {
        PlacementCandidate[] candidates =
        [
            new("half", Total, ResourceAmounts.Parse("2", "4Gi"), 1),
            new("idle", Total, Total, 0),
            new("busy", Total, ResourceAmounts.Parse("1", "4Gi"), 2),
        ];
        Assert.Equal(expected, candidates[Choose(policy, candidates)].ProviderId);
    }

    [Fact]
    public void Spread_counts_replicas_before_load()
    {
        PlacementCandidate[] candidates = [new("has-one", Total, Total, 1), new("loaded", Total, ResourceAmounts.Parse("1", "1Gi"), 0)];
        Assert.Equal(1, Choose(PlacementPolicies.Spread, candidates));
    }

    [Fact]
    public void Load_is_the_largest_share_of_any_kind_that_is_there()
    {
        var candidate = new PlacementCandidate("p", ResourceAmounts.Parse("4", "4Gi"), ResourceAmounts.Parse("3", "1Gi"), 0);
        Assert.Equal(0.875, candidate.LoadWith(ResourceAmounts.Parse("1", "512Mi")), 6);
        Assert.Equal(0, new PlacementCandidate("none", ResourceAmounts.Zero, ResourceAmounts.Zero, 0).LoadWith(ResourceAmounts.Zero));
    }

    [Fact]
    public void Equals_are_chosen_equally_often()
    {
        var candidates = Enumerable.Range(0, 4).Select(i => new PlacementCandidate($"p{i}", Total, Total, 0)).ToArray();
        var policy = new PolicyTable(ScoredPolicy.BuiltIn).Get(PlacementPolicies.LeastLoaded);
        var context = new PlacementContext(Domain.Asking(), new SeededRandom(7));
        var counts = new int[4];
        for (var i = 0; i < 4_000; i++)
        {
            counts[policy.Choose(candidates, context)]++;
        }

        Assert.All(counts, c => Assert.InRange(c, 850, 1_150));
    }

    [Fact]
    public void Two_policies_of_one_name_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new DomainResourceManager([], policies: [new ScoredPolicy("Spread", (_, _) => (0, 0))]));
        Assert.Contains("Two placement policies are named 'Spread'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_policy_is_refused_with_the_known_ones()
    {
        var error = Assert.Throws<ArgumentException>(() => new DomainResourceManager([], new DomainOptions { Policy = "best" }));
        Assert.Contains("Known: bin-pack, least-loaded, spread", error.Message, StringComparison.Ordinal);

        await using var manager = await Domain.Start();
        await Assert.ThrowsAsync<ArgumentException>(() => manager.DeployAsync(Domain.Asking() with { Policy = "best" }).AsTask());
    }

    [Fact]
    public async Task A_policy_of_one_s_own_is_asked_and_a_wrong_answer_is_an_error()
    {
        await using var manager = new DomainResourceManager([Domain.Provider("p"), Domain.Provider("q")], policies: [new Fixed(1), new Fixed(5)]);
        await manager.StartAsync();
        await using var lease = await manager.DeployAsync(Domain.Asking() with { Policy = "fixed-1" }).Within("the placement");
        Assert.Equal("q", lease.ProviderId);
        var error = await Assert.ThrowsAsync<PlacementException>(() => manager.DeployAsync(Domain.Asking() with { Policy = "fixed-5" }).AsTask());
        Assert.Contains("chose candidate 5 of 2", error.Message, StringComparison.Ordinal);
    }

    private static int Choose(string policy, PlacementCandidate[] candidates) =>
        new PolicyTable(ScoredPolicy.BuiltIn).Get(policy).Choose(candidates, new PlacementContext(Domain.Asking("1"), new SeededRandom(1)));

    private sealed class Fixed(int index) : IPlacementPolicy
    {
        public string Name => $"fixed-{index}";

        public int Choose(ReadOnlySpan<PlacementCandidate> candidates, PlacementContext context) => index;
    }
}
