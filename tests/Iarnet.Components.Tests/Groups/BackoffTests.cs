using Iarnet.Components.Groups;

namespace Iarnet.Components.Tests.Groups;

public sealed class BackoffTests
{
    [Fact]
    public void The_bound_doubles_from_the_first_delay_to_the_limit_and_begins_anew_after_success()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), new SeededRandom(1));
        double bound = 100;
        for (var i = 0; i < 50; i++)
        {
            Assert.InRange(backoff.Next().TotalMilliseconds, 0, bound);
            bound = Math.Min(2 * bound, 5000);
        }

        Assert.True(Enumerable.Range(0, 20).Max(_ => backoff.Next()) > TimeSpan.FromSeconds(1));
        backoff.Reset();
        Assert.InRange(backoff.Next().TotalMilliseconds, 0, 100);
    }
}
