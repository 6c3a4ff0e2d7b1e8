namespace Iarnet.Tests.Time;

public sealed class SeededRandomTests
{
    [Fact]
    public void The_same_seed_replays_the_same_draws()
    {
        var first = new SeededRandom();
        var second = new SeededRandom(first.Seed);
        Assert.Equal(Draw(first), Draw(second));
    }

    [Fact]
    public void Different_seeds_draw_differently() => Assert.NotEqual(Draw(new SeededRandom(1)), Draw(new SeededRandom(2)));

    [Fact]
    public void Draws_stay_in_their_range()
    {
        var random = new SeededRandom(7);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.InRange(random.Next(10), 0, 9);
            Assert.True(random.NextDouble() is >= 0 and < 1);
        }
    }

    [Fact]
    public async Task Draws_of_many_threads_are_together_the_draws_of_the_sequence()
    {
        const int PerThread = 5_000;
        var shared = new SeededRandom(11);
        var drawn = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Take(shared, PerThread)))).WaitAsync(TimeSpan.FromSeconds(30));

        var expected = Take(new SeededRandom(11), 4 * PerThread);
        Assert.Equal(expected.Order(), drawn.SelectMany(draws => draws).Order());
    }

    private static int[] Take(SeededRandom random, int count)
    {
        var draws = new int[count];
        for (var i = 0; i < count; i++)
        {
            draws[i] = random.Next(int.MaxValue);
        }

        return draws;
    }

    private static string Draw(SeededRandom random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return $"{random.Next(1_000_000)} {random.NextDouble()} {Convert.ToHexString(bytes)}";
    }
}
