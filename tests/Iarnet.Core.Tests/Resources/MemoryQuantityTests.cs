using FsCheck.Fluent;
using Iarnet.Resources;

namespace Iarnet.Tests.Resources;

public sealed class MemoryQuantityTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("1048576", 1048576)]
    [InlineData("1Ki", 1024)]
    [InlineData("512Mi", 512L << 20)]
    [InlineData("16Gi", 16L << 30)]
    [InlineData("1Ti", 1L << 40)]
    [InlineData("1Pi", 1L << 50)]
    [InlineData("7Ei", 7L << 60)]
    [InlineData("1k", 1000)]
    [InlineData("1K", 1000)]
    [InlineData("2M", 2_000_000)]
    [InlineData("2G", 2_000_000_000)]
    [InlineData("1T", 1_000_000_000_000)]
    [InlineData("1P", 1_000_000_000_000_000)]
    [InlineData("9E", 9_000_000_000_000_000_000)]
    [InlineData("1.5Gi", 3L << 29)]
    [InlineData(" 2G ", 2_000_000_000)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Bytes_binary_and_decimal_sizes_are_read(string text, long bytes) => Assert.Equal(bytes, MemoryQuantity.Parse(text));

    [Theory]
    [InlineData("0.1", 1)]
    [InlineData("1.0001Ki", 1025)]
    [InlineData("0.0001k", 1)]
    public void A_part_of_a_byte_is_rounded_up(string text, long bytes) => Assert.Equal(bytes, MemoryQuantity.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("Mi")]
    [InlineData("-1Mi")]
    [InlineData("1mi")]
    [InlineData("1MiB")]
    [InlineData("1MB")]
    [InlineData("1 Mi")]
    [InlineData("1e6")]
    [InlineData("1m")]
    [InlineData("1,5Gi")]
    [InlineData("8Ei")]
    [InlineData("10E")]
    [InlineData("9223372036854775808")]
    [InlineData("9223372036854775807.5")]
    [InlineData("79228162514264337593543950335Ei")]
    public void Anything_else_is_refused_with_a_text_that_says_what_was_expected(string text)
    {
        var error = Assert.Throws<QuantityFormatException>(() => MemoryQuantity.Parse(text));
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("512Mi", error.Message, StringComparison.Ordinal);
        Assert.False(MemoryQuantity.TryParse(text, out var bytes));
        Assert.Equal(0, bytes);
    }

    [Fact]
    public void No_text_is_not_a_quantity() => Assert.False(MemoryQuantity.TryParse(null, out _));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1000, "1000")]
    [InlineData(1024, "1Ki")]
    [InlineData(1536, "1536")]
    [InlineData(1536L << 10, "1536Ki")]
    [InlineData(512L << 20, "512Mi")]
    [InlineData(1L << 62, "4Ei")]
    [InlineData(-1024, "-1Ki")]
    public void The_largest_binary_unit_without_a_rest_is_written(long bytes, string text) => Assert.Equal(text, MemoryQuantity.Format(bytes));

    [Fact]
    public void Every_quantity_is_read_back_as_it_was_written() => Property.Holds(
        Property.Whole(long.MaxValue).ToArbitrary(),
        bytes => MemoryQuantity.Parse(MemoryQuantity.Format(bytes)) == bytes);

    [Fact]
    public void A_text_is_a_quantity_or_refused_but_never_fails_otherwise() => Property.Holds(
        Gen.Elements("0123456789.mkKMGTPEi-+e, ".ToCharArray()).ListOf().Select(letters => string.Concat(letters)).ToArbitrary(),
        text => (!MemoryQuantity.TryParse(text, out var bytes) || bytes >= 0) && (!CpuQuantity.TryParse(text, out var cpu) || cpu is >= 0 and <= CpuQuantity.MaxMillicores));
}
