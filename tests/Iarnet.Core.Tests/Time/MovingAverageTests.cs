using FsCheck.Fluent;

namespace Iarnet.Tests.Time;

public sealed class MovingAverageTests
{
    [Fact]
    public void Before_the_first_sample_it_is_zero() => Assert.Equal(TimeSpan.Zero, default(MovingAverage).Value);

    [Fact]
    public void The_first_sample_is_taken_whole() => Assert.Equal(TimeSpan.FromMilliseconds(80), Of(80).Value);

    [Fact]
    public void Every_further_sample_moves_it_by_an_eighth_of_the_difference()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(90), Of(80, 160).Value);
        Assert.Equal(TimeSpan.FromMilliseconds(80), Of(80, 160, 10).Value);
        Assert.Equal(TimeSpan.FromMilliseconds(70), Of(80, 0).Value);
    }

    [Fact]
    public void A_first_sample_of_zero_counts_as_one() => Assert.Equal(TimeSpan.FromMilliseconds(10), Of(0, 80).Value);

    [Fact]
    public void It_never_leaves_the_range_of_its_samples() => Property.Holds(
        Gen.Choose(0, 1_000_000).NonEmptyListOf().ToArbitrary(),
        samples =>
        {
            var average = Of([.. samples]).Value.TotalMilliseconds;
            return average >= samples.Min() - 0.001 && average <= samples.Max() + 0.001;
        });

    [Fact]
    public void Equal_samples_keep_it_where_it_is() => Property.Holds(
        Gen.Choose(0, 1_000_000).ToArbitrary(),
        sample => Of(sample, sample, sample, sample).Value == TimeSpan.FromMilliseconds(sample));

    private static MovingAverage Of(params ReadOnlySpan<int> milliseconds)
    {
        var average = default(MovingAverage);
        foreach (var sample in milliseconds)
        {
            average.Add(TimeSpan.FromMilliseconds(sample));
        }

        return average;
    }
}
