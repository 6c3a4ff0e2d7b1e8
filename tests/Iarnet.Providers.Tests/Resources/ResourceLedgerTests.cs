using FsCheck;
using FsCheck.Fluent;
using Iarnet.Resources;

namespace Iarnet.Providers.Tests.Resources;

public sealed class ResourceLedgerTests
{
    private static readonly ResourceAmounts Total = new(4_000, 1_000, 2);

    [Fact]
    public void A_refusal_says_how_much_of_each_kind_is_missing()
    {
        var ledger = new ResourceLedger(Total);
        Assert.True(ledger.TryReserve(new ComponentId("a"), new ResourceAmounts(3_000, 100, 0), out _));
        Assert.False(ledger.TryReserve(new ComponentId("b"), new ResourceAmounts(1_500, 100, 3), out var missing));
        Assert.Equal(new ResourceAmounts(500, 0, 1), missing);
        Assert.Equal(new ResourceAmounts(3_000, 100, 0), ledger.Capacity.Used);
    }

    [Fact]
    public void Amounts_at_the_edge_of_their_types_do_not_wrap_around()
    {
        var ledger = new ResourceLedger(new ResourceAmounts(long.MaxValue, long.MaxValue, int.MaxValue));
        Assert.True(ledger.TryReserve(new ComponentId("a"), new ResourceAmounts(long.MaxValue, 1, int.MaxValue), out _));
        Assert.False(ledger.TryReserve(new ComponentId("b"), new ResourceAmounts(1, long.MaxValue, 1), out var missing));
        Assert.Equal(new ResourceAmounts(1, 1, 1), missing);
    }

    [Fact]
    public void Negative_amounts_and_double_reservations_are_refused()
    {
        var ledger = new ResourceLedger(Total);
        Assert.Throws<ArgumentOutOfRangeException>(() => ledger.TryReserve(new ComponentId("a"), new ResourceAmounts(-1, 0), out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ResourceLedger(new ResourceAmounts(0, 0, -1)));
        ledger.TryReserve(new ComponentId("a"), ResourceAmounts.Zero, out _);
        Assert.Throws<InvalidOperationException>(() => ledger.TryReserve(new ComponentId("a"), ResourceAmounts.Zero, out _));
        Assert.False(ledger.Release(new ComponentId("b")));
    }

    /// <summary>Against a model that adds up what is held. A failure prints the seed with which FsCheck replays it.</summary>
    [Fact]
    public void In_any_order_of_reserving_and_releasing_nothing_is_negative_and_nothing_is_over()
    {
        var step =
            from id in Gen.Choose(0, 5)
            from release in Gen.Frequency((2, Gen.Constant(false)), (1, Gen.Constant(true)))
            from cpu in Gen.Choose(0, 5_000)
            from memory in Gen.Choose(0, 1_200)
            from gpus in Gen.Choose(0, 3)
            select (Id: new ComponentId($"c{id}"), Release: release, Asked: new ResourceAmounts(cpu, memory, gpus));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true), Prop.ForAll(step.ArrayOf().ToArbitrary(), steps =>
        {
            var ledger = new ResourceLedger(Total);
            var model = new Dictionary<ComponentId, ResourceAmounts>();
            foreach (var (id, release, asked) in steps)
            {
                if (release)
                {
                    Assert.Equal(model.Remove(id), ledger.Release(id));
                }
                else if (!model.ContainsKey(id))
                {
                    var fits = (Total - Sum(model.Values)).Covers(asked);
                    Assert.Equal(fits, ledger.TryReserve(id, asked, out var missing));
                    Assert.Equal(fits, missing == ResourceAmounts.Zero);
                    if (fits)
                    {
                        model.Add(id, asked);
                    }
                }

                var capacity = ledger.Capacity;
                Assert.Equal(Sum(model.Values), capacity.Used);
                Assert.True(capacity.Available.Covers(ResourceAmounts.Zero));
                Assert.True(Total.Covers(capacity.Used));
            }
        }));
    }

    [Fact]
    public async Task Reserving_from_many_threads_fills_it_exactly()
    {
        var ledger = new ResourceLedger(new ResourceAmounts(1_000, 1_000, 0));
        var taken = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                var id = new ComponentId($"t{t}-{i}");
                if (ledger.TryReserve(id, new ResourceAmounts(1, 1, 0), out _))
                {
                    Interlocked.Increment(ref taken);
                }
            }
        }))).Within("8 threads");
        Assert.Equal(1_000, taken);
        Assert.Equal(ResourceAmounts.Zero, ledger.Capacity.Available);
    }

    private static ResourceAmounts Sum(IEnumerable<ResourceAmounts> amounts) => amounts.Aggregate(ResourceAmounts.Zero, (a, b) => a + b);
}
