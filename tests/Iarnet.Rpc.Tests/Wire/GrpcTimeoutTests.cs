namespace Iarnet.Rpc.Wire;

public sealed class GrpcTimeoutTests
{
    [Theory]
    [InlineData("1H", 36_000_000_000)]
    [InlineData("2M", 1_200_000_000)]
    [InlineData("3S", 30_000_000)]
    [InlineData("4m", 40_000)]
    [InlineData("5u", 50)]
    [InlineData("600n", 6)]
    [InlineData("1n", 1)]
    [InlineData("0S", 0)]
    [InlineData("99999999S", 999_999_990_000_000)]
    public void A_valid_text_is_parsed(string text, long ticks)
    {
        Assert.True(GrpcTimeout.TryParse(text, out var timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("10")]
    [InlineData("10s")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData("1.5S")]
    [InlineData(" 1S")]
    [InlineData("1 S")]
    [InlineData("123456789S")]
    [InlineData("١S")]
    public void Any_other_text_is_refused(string? text) => Assert.False(GrpcTimeout.TryParse(text, out _));

    [Fact]
    public void Hours_beyond_the_calendar_are_kept_or_cut_but_never_negative()
    {
        Assert.True(GrpcTimeout.TryParse("99999999H", out var timeout));
        Assert.True(timeout > TimeSpan.FromDays(4_000_000));
    }

    [Theory]
    [InlineData(1, "1u")]
    [InlineData(10, "1u")]
    [InlineData(999_999_990, "99999999u")]
    [InlineData(1_000_000_000, "100000m")]
    [InlineData(1_000_000_001, "100001m")]
    [InlineData(999_999_990_001, "100000S")]
    public void The_finest_unit_that_fits_is_sent_rounded_up(long ticks, string text)
    {
        var sent = GrpcTimeout.Format(TimeSpan.FromTicks(ticks));
        Assert.True(GrpcTimeout.TryParse(sent, out var read));
        Assert.True(read.Ticks >= ticks || read == TimeSpan.MaxValue, $"{sent} is less than {ticks} ticks");
        Assert.Equal(text, sent);
    }
}
