using FsCheck.Fluent;
using Iarnet.Resources;

namespace Iarnet.Tests.Resources;

public sealed class CpuQuantityTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1000)]
    [InlineData("2", 2000)]
    [InlineData("1.5", 1500)]
    [InlineData("0.25", 250)]
    [InlineData(".5", 500)]
    [InlineData("250m", 250)]
    [InlineData("0m", 0)]
    [InlineData(" 250m ", 250)]
    [InlineData("1000000", CpuQuantity.MaxMillicores)]
    [InlineData("1000000000m", CpuQuantity.MaxMillicores)]
    public void Cores_and_millicores_are_read(string text, long millicores) => Assert.Equal(millicores, CpuQuantity.Parse(text));

    [Theory]
    [InlineData("0.0001", 1)]
    [InlineData("1.0001", 1001)]
    [InlineData("0.5m", 1)]
    [InlineData("250.000001m", 251)]
    public void A_part_of_a_millicore_is_rounded_up(string text, long millicores) => Assert.Equal(millicores, CpuQuantity.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("m")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1,5")]
    [InlineData("1e3")]
    [InlineData("1 m")]
    [InlineData("250M")]
    [InlineData("250mm")]
    [InlineData("two")]
    [InlineData("1000000.001")]
    [InlineData("1000000001m")]
    [InlineData("99999999999999999999999999999999")]
    public void Anything_else_is_refused_with_a_text_that_says_what_was_expected(string text)
    {
        var error = Assert.Throws<QuantityFormatException>(() => CpuQuantity.Parse(text));
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("250m", error.Message, StringComparison.Ordinal);
        Assert.Contains("1000000 cores", error.Message, StringComparison.Ordinal);
        Assert.False(CpuQuantity.TryParse(text, out var millicores));
        Assert.Equal(0, millicores);
    }

    [Fact]
    public void No_text_is_not_a_quantity() => Assert.False(CpuQuantity.TryParse(null, out _));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1000, "1")]
    [InlineData(1500, "1500m")]
    [InlineData(1, "1m")]
    [InlineData(-500, "-500m")]
    public void Whole_cores_are_written_as_cores_and_the_rest_as_millicores(long millicores, string text) =>
        Assert.Equal(text, CpuQuantity.Format(millicores));

    [Fact]
    public void Every_quantity_is_read_back_as_it_was_written() => Property.Holds(
        Property.Whole(CpuQuantity.MaxMillicores).ToArbitrary(),
        millicores => CpuQuantity.Parse(CpuQuantity.Format(millicores)) == millicores);

    [Fact]
    public void Cores_and_their_millicores_are_the_same() => Property.Holds(
        Property.Whole(1_000_000).ToArbitrary(),
        cores => CpuQuantity.Parse($"{cores}") == CpuQuantity.Parse($"{cores * 1000}m"));
}
