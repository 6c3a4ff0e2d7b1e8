using Iarnet.Components.Actors;

namespace Iarnet.Components.Tests.Actors;

public sealed class WindowRuleTests
{
    [Fact]
    public void Before_the_first_result_one_call_runs_and_one_waits_for_each_of_its_places()
    {
        Assert.Equal(2, WindowRule.For(1, TimeSpan.Zero, TimeSpan.Zero));
        Assert.Equal(16, WindowRule.For(8, TimeSpan.Zero, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Slow_calls_do_not_queue_behind_each_other_while_another_replica_is_idle() =>
        Assert.Equal(2, WindowRule.For(1, TimeSpan.FromSeconds(1), TimeSpan.FromMicroseconds(50)));

    [Fact]
    public void Fast_calls_fill_the_link()
    {
        Assert.Equal(4096, WindowRule.For(1, TimeSpan.FromTicks(1), TimeSpan.Zero));
        Assert.Equal(1 + 400, WindowRule.For(1, TimeSpan.FromMicroseconds(10), TimeSpan.Zero));
    }

    [Fact]
    public void A_distant_component_gets_more_ahead_than_a_near_one() =>
        Assert.True(WindowRule.For(1, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(20)) > WindowRule.For(1, TimeSpan.FromMilliseconds(1), TimeSpan.Zero));
}
