using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Iarnet.Providers;
using Iarnet.Resources;

namespace Iarnet.Scheduling.Tests.Placement;

public sealed class DomainBookTests
{
    private static readonly ResourceAmounts Total = new(10, 10, 2);

    /// <summary>
    /// Any order of reserving, starting, dying, removing and reporting, against the truth of a provider. The book may believe that
    /// less is free than there is, never more than the total nor, as long as reports are answered at once, more than there is.
    /// </summary>
    [Fact]
    public void In_any_order_of_events_the_book_promises_no_more_than_there_is()
    {
        var step = from what in Gen.Choose(0, 6) from which in Gen.Choose(0, 9) from cpu in Gen.Choose(0, 6) from gpus in Gen.Choose(0, 1) select (what, which, cpu, gpus);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true), Prop.ForAll(step.ArrayOf().ToArbitrary(), steps =>
        {
            var provider = new ProviderEntry(Domain.Provider("p"));
            var book = new DomainBook([provider], new PolicyTable(ScoredPolicy.BuiltIn), PlacementPolicies.LeastLoaded, new SeededRandom(1));
            book.Connected(provider, new ResourceCapacity(Total, ResourceAmounts.Zero), book.Commits);
            var truth = new Dictionary<ComponentId, ResourceAmounts>();
            foreach (var (what, which, cpu, gpus) in steps)
            {
                var chosen = book.Components.ElementAtOrDefault(which % Math.Max(1, book.Components.Count));
                switch (what, chosen?.State)
                {
                    case (0, _):
                        var asked = new ComponentRequest("x", "main") { Resources = new ResourceRequest { Amounts = new ResourceAmounts(cpu, cpu, gpus) } };
                        Assert.Equal(provider.Available.Covers(asked.Resources.Amounts), book.TryReserve(asked, ImmutableDictionary<ProviderEntry, string>.Empty, out _) is not null);
                        break;
                    case (1, ComponentState.Reserved):
                        book.Deploying(chosen);
                        break;
                    case (2, ComponentState.Deploying):
                        truth.Add(chosen.Id, chosen.Amounts);
                        book.Commit(chosen);
                        break;
                    case (3, ComponentState.Reserved or ComponentState.Deploying):
                        book.Fail(chosen, "failed");
                        break;
                    case (4, ComponentState.Running):
                        truth.Remove(chosen.Id);
                        book.Exited(provider, chosen.Id, ComponentExit.Vanished(""));
                        break;
                    case (5, ComponentState.Running or ComponentState.Exited or ComponentState.Failed):
                        truth.Remove(chosen.Id);
                        book.Removed(chosen);
                        break;
                    case (6, _):
                        book.Report(provider, new ResourceCapacity(Total, Sum(truth.Values)), book.Commits);
                        break;
                }

                Assert.True(Total.Covers(Sum(truth.Values)), "more runs than there is");
                Assert.True((Total - Sum(truth.Values)).Covers(provider.Available), $"the book has {provider.Available}, the provider {Total - Sum(truth.Values)}");
                Assert.True(provider.Available.Covers(ResourceAmounts.Zero), $"the book has {provider.Available}");
            }

            foreach (var entry in book.Components.ToArray())
            {
                book.Fail(entry, "the end");
                book.Removed(entry);
            }

            Assert.Equal(Total, provider.Available);
        }));
    }

    [Fact]
    public void A_report_that_was_asked_for_before_a_commit_does_not_forget_it()
    {
        var provider = new ProviderEntry(Domain.Provider("p"));
        var book = new DomainBook([provider], new PolicyTable(ScoredPolicy.BuiltIn), PlacementPolicies.LeastLoaded, new SeededRandom(1));
        book.Connected(provider, new ResourceCapacity(Total, ResourceAmounts.Zero), book.Commits);
        var before = book.Commits;
        var entry = book.TryReserve(
            new ComponentRequest("x", "main") { Resources = new ResourceRequest { Amounts = new ResourceAmounts(4, 4) } }, ImmutableDictionary<ProviderEntry, string>.Empty, out _)!;
        book.Deploying(entry);
        book.Commit(entry);
        book.Report(provider, new ResourceCapacity(Total, ResourceAmounts.Zero), before);
        Assert.Equal(6, provider.Available.CpuMillicores);
    }

    private static ResourceAmounts Sum(IEnumerable<ResourceAmounts> amounts) => amounts.Aggregate(ResourceAmounts.Zero, (a, b) => a + b);
}
