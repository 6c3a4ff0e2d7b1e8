using Iarnet.Actors;
using Iarnet.Functions;
using Iarnet.Resources;

namespace Iarnet.Components.Tests.Groups;

public sealed class ComponentGroupTests
{
    [Fact]
    public async Task A_group_that_nothing_has_room_for_fails_with_the_error_of_placement()
    {
        await using var host = await TestHost.StartAsync();
        host.Launcher.OnLaunch = _ => throw new PlacementException("no room");
        host.StartGroup();

        var reason = await host.Observer.Failed.Within("the group to fail");

        Assert.Equal("no room", Assert.IsType<PlacementException>(reason).Message);
        Assert.Equal(5, host.Launcher.Launches);
    }

    [Fact]
    public async Task A_component_that_never_says_a_word_is_given_up_after_the_start_limit()
    {
        await using var host = await TestHost.StartAsync(options => options.StartLimit = TimeSpan.FromMilliseconds(50));
        host.Launcher.Connects = false;
        host.StartGroup();

        var reason = await host.Observer.Failed.Within("the group to fail");

        Assert.Contains("did not reach the bus within", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Components_that_were_ready_may_die_as_often_as_they_like()
    {
        await using var host = await TestHost.StartAsync();
        host.StartGroup();
        for (var i = 0; i < 12; i++)
        {
            var actor = await host.Observer.NextActorAsync();
            (await host.Launcher.NextAsync()).End("killed");
            var (lost, reason) = await host.Observer.NextLossAsync();
            Assert.Same(actor, lost);
            Assert.Contains("killed", reason.Message, StringComparison.Ordinal);
        }

        await host.Observer.NextActorAsync();
        Assert.False(host.Observer.Failed.IsCompleted);
    }

    [Fact]
    public async Task A_component_learns_where_bus_and_store_are_and_how_much_it_runs_at_once()
    {
        await using var host = await TestHost.StartAsync(options => options.Environment["MORE"] = "yes");
        ComponentLaunch? seen = null;
        host.Launcher.OnLaunch = launch => seen = launch;
        var resources = ResourceRequest.Parse("250m", "64Mi", 0, "gpu");
        host.Host.StartGroup(new ActorGroupSpec("Words.Count", FunctionLanguages.Python, resources, 1, 1, 7), host.Observer);
        await host.Observer.NextActorAsync();

        Assert.Equal((FunctionLanguages.Python, resources), (seen!.Runtime, seen.Resources));
        Assert.StartsWith("words-count-", seen.Id.Value, StringComparison.Ordinal);
        Assert.Equal(
            [("IARNET_BUS", host.Bus.Endpoints[0]), ("IARNET_COMPONENT_ID", seen.Id.Value), ("IARNET_CONCURRENCY", "7"), ("IARNET_NODE_ID", host.Store.Source), ("IARNET_STORE", "unix:///nowhere"), ("MORE", "yes")],
            seen.Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public async Task A_language_that_no_component_runs_is_refused()
    {
        await using var host = await TestHost.StartAsync();

        Assert.False(host.Host.Supports("cobol"));
        Assert.Throws<FunctionNotSupportedException>(() => host.Host.StartGroup(new ActorGroupSpec("g", "cobol", ResourceRequest.None, 1, 1, 1), host.Observer));
    }

    [Fact]
    public async Task A_group_can_be_disposed_while_its_components_start_and_twice()
    {
        await using var host = await TestHost.StartAsync();
        host.Launcher.Connects = false;
        var group = host.StartGroup();
        var component = await host.Launcher.NextAsync();

        await Task.WhenAll(group.DisposeAsync().AsTask(), group.DisposeAsync().AsTask()).Within("the group to close");

        Assert.Equal("stopped", await component.Ended.Within("the component to be stopped"));
        Assert.False(host.Observer.Failed.IsCompleted);
    }
}
