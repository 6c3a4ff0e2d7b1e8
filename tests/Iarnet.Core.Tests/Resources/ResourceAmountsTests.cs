using FsCheck.Fluent;
using Iarnet.Resources;

namespace Iarnet.Tests.Resources;

public sealed class ResourceAmountsTests
{
    private static readonly FsCheck.Gen<ResourceAmounts> Amounts =
        from cpu in Property.Whole(CpuQuantity.MaxMillicores)
        from memory in Property.Whole(1L << 60)
        from gpus in Gen.Choose(0, 1 << 20)
        select new ResourceAmounts(cpu, memory, gpus);

    private static readonly FsCheck.Arbitrary<(ResourceAmounts A, ResourceAmounts B, ResourceAmounts C)> Three =
        (from a in Amounts from b in Amounts from c in Amounts select (a, b, c)).ToArbitrary();

    [Fact]
    public void Texts_are_read_kind_by_kind() =>
        Assert.Equal(new ResourceAmounts(1500, 512L << 20, 2), ResourceAmounts.Parse("1.5", "512Mi", 2));

    [Fact]
    public void A_wrong_text_is_refused()
    {
        Assert.Throws<QuantityFormatException>(() => ResourceAmounts.Parse("much", "1Gi"));
        Assert.Throws<QuantityFormatException>(() => ResourceAmounts.Parse("1", "much"));
    }

    [Fact]
    public void A_negative_number_of_gpus_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ResourceAmounts.Parse("1", "1Gi", -1));

    [Fact]
    public void Addition_is_commutative_and_associative_and_zero_changes_nothing() => Property.Holds(
        Three,
        x => x.A + x.B == x.B + x.A && x.A + x.B + x.C == x.A + (x.B + x.C) && x.A + ResourceAmounts.Zero == x.A);

    [Fact]
    public void Subtraction_undoes_addition() => Property.Holds(Three, x => x.A + x.B - x.B == x.A && x.A - x.A == ResourceAmounts.Zero);

    [Fact]
    public void A_sum_covers_both_of_its_parts() => Property.Holds(Three, x => (x.A + x.B).Covers(x.A) && (x.A + x.B).Covers(x.B));

    [Fact]
    public void Covering_is_a_partial_order() => Property.Holds(
        Three,
        x => x.A.Covers(x.A)
            && (!x.A.Covers(x.B) || !x.B.Covers(x.A) || x.A == x.B)
            && (!x.A.Covers(x.B) || !x.B.Covers(x.C) || x.A.Covers(x.C)));

    [Theory]
    [InlineData(999, 1, 1)]
    [InlineData(1000, 0, 1)]
    [InlineData(1000, 1, 0)]
    public void One_kind_that_is_short_is_enough_not_to_cover(long cpu, long memory, int gpus) =>
        Assert.False(new ResourceAmounts(cpu, memory, gpus).Covers(new ResourceAmounts(1000, 1, 1)));

    [Fact]
    public void A_difference_may_be_negative_and_then_covers_nothing()
    {
        var overdrawn = ResourceAmounts.Parse("1", "1Gi") - ResourceAmounts.Parse("2", "1Gi");
        Assert.Equal(-1000, overdrawn.CpuMillicores);
        Assert.False(overdrawn.Covers(ResourceAmounts.Zero));
    }

    [Fact]
    public void A_sum_that_does_not_fit_is_an_error_and_not_a_small_number() =>
        Assert.Throws<OverflowException>(() => new ResourceAmounts(0, long.MaxValue) + new ResourceAmounts(0, 1));

    [Fact]
    public void The_text_is_what_a_person_would_write() =>
        Assert.Equal("cpu 1500m, memory 512Mi, gpu 1", ResourceAmounts.Parse("1.5", "512Mi", 1).ToString());

    [Fact]
    public void Available_is_what_is_not_used()
    {
        var capacity = new ResourceCapacity(ResourceAmounts.Parse("8", "16Gi", 2), ResourceAmounts.Parse("2500m", "4Gi", 1));
        Assert.Equal(ResourceAmounts.Parse("5.5", "12Gi", 1), capacity.Available);
    }
}
