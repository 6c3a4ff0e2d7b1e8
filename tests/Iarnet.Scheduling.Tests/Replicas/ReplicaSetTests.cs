using Iarnet.Resources;

namespace Iarnet.Scheduling.Tests.Replicas;

public sealed class ReplicaSetTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ReplicaLog _log = new();
    private readonly ScriptedProvider _provider = Domain.Provider("p");

    [Fact]
    public async Task As_many_as_asked_for_are_kept_and_all_end_with_the_set()
    {
        await using var manager = await Domain.Start(_provider);
        var set = Make(manager, 3);
        for (var i = 0; i < 3; i++)
        {
            await _log.Started();
        }

        Assert.Equal(3, _provider.Running.Count);
        await set.DisposeAsync().AsTask().Within("the set to be disposed");
        Assert.Empty(_provider.Running);
        for (var i = 0; i < 3; i++)
        {
            Assert.True((await _log.Ended()).Exit.Requested);
        }

        await set.DisposeAsync().AsTask().Within("a second disposal");
    }

    [Fact]
    public async Task What_dies_young_is_replaced_after_growing_waits_until_the_set_gives_up_with_the_last_reason()
    {
        await using var manager = await Domain.Start(_provider);
        await using var set = Make(manager, 1);
        foreach (var most in new[] { 200, 400, 800, 1_600 })
        {
            var replica = await _log.Started();
            _provider.Kill(replica.Id, $"death before {most}");
            Assert.Equal(replica.Id, (await _log.Ended()).Id);
            var wait = await _time.WaitScheduled(_ => true, "the replacement to be set");
            Assert.InRange(wait, TimeSpan.FromMilliseconds(most / 2.0), TimeSpan.FromMilliseconds(most));
            Assert.Empty(_provider.Running);
            _time.Advance(wait);
        }

        _provider.Kill((await _log.Started()).Id, "No module named 'zmq'");
        var reason = await _log.Failure();
        Assert.Contains("5 in a row", reason.Message, StringComparison.Ordinal);
        Assert.Contains("exit code 1: No module named 'zmq'", reason.Message, StringComparison.Ordinal);
        Assert.Empty(_time.Waits);
    }

    [Fact]
    public async Task A_replica_that_lived_long_enough_starts_the_count_anew()
    {
        await using var manager = await Domain.Start(_provider);
        await using var set = Make(manager, 1);
        for (var i = 0; i < 12; i++)
        {
            var replica = await _log.Started();
            _time.Advance(TimeSpan.FromSeconds(10));
            _provider.Kill(replica.Id, "old age");
            await _log.Ended();
            var wait = await _time.WaitScheduled(_ => true, "the replacement to be set");
            Assert.InRange(wait, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200));
            _time.Advance(wait);
        }

        Assert.False(_log.HasFailed);
    }

    [Fact]
    public async Task A_replica_that_was_confirmed_may_die_young_any_number_of_times()
    {
        await using var manager = await Domain.Start(_provider);
        await using var set = Make(manager, 1);
        for (var i = 0; i < 12; i++)
        {
            var replica = await _log.Started();
            set.ConfirmHealthy(replica.Id);
            _provider.Kill(replica.Id, "chaos");
            await _log.Ended();
            _time.Advance(await _time.WaitScheduled(w => w <= TimeSpan.FromMilliseconds(200), "the replacement to be set"));
        }

        Assert.False(_log.HasFailed);
    }

    [Fact]
    public async Task One_place_that_keeps_dying_does_not_end_a_set_in_which_another_is_healthy()
    {
        await using var manager = await Domain.Start(_provider);
        await using var set = Make(manager, 2);
        var healthy = await _log.Started();
        set.ConfirmHealthy(healthy.Id);
        for (var i = 0; i < 8; i++)
        {
            _provider.Kill((await _log.Started()).Id, "again");
            await _log.Ended();
            _time.Advance(await _time.WaitScheduled(_ => true, "the replacement to be set"));
        }

        Assert.False(_log.HasFailed);
        Assert.Contains(healthy.Id, _provider.Running);
    }

    [Fact]
    public async Task What_cannot_be_placed_is_tried_again_and_the_set_gives_up_with_the_explanation()
    {
        await using var manager = await Domain.Start(_provider);
        await using var set = Make(manager, 1, () => Domain.Asking("64"));
        for (var i = 0; i < 4; i++)
        {
            _time.Advance(await _time.WaitScheduled(_ => true, "the next attempt to be set"));
        }

        Assert.Contains("p: short of cpu 60 ", (await _log.Failure()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Room_that_comes_free_is_used_by_the_next_attempt()
    {
        _provider.Foreign = ResourceAmounts.Parse("4", "0");
        await using var manager = await Domain.Start(_provider);
        await using var set = Make(manager, 1, () => Domain.Asking("1"));
        var wait = await _time.WaitScheduled(_ => true, "the next attempt to be set");
        _provider.Foreign = ResourceAmounts.Zero;
        _time.Advance(wait);
        Assert.Equal([(await _log.Started()).Id], _provider.Running);
    }

    [Fact]
    public async Task An_observer_and_a_request_that_throw_do_not_stop_the_set()
    {
        await using var manager = await Domain.Start(_provider);
        _log.OnStarted = _ => throw new InvalidOperationException("observer is broken");
        var calls = 0;
        await using var set = Make(manager, 1, () => calls++ == 0 ? throw new InvalidOperationException("no request") : Domain.Asking());
        _time.Advance(await _time.WaitScheduled(_ => true, "the next attempt to be set"));
        var replica = await _log.Started();
        _provider.Kill(replica.Id, "killed");
        Assert.Equal(replica.Id, (await _log.Ended()).Id);
    }

    [Fact]
    public async Task Disposing_while_a_replacement_waits_ends_the_wait()
    {
        await using var manager = await Domain.Start(_provider);
        var set = Make(manager, 1);
        _provider.Kill((await _log.Started()).Id, "killed");
        await _time.WaitScheduled(_ => true, "the replacement to be set");
        await set.DisposeAsync().AsTask().Within("the set to be disposed");
        Assert.Empty(_provider.Running);
        Assert.False(_log.HasFailed);
    }

    [Fact]
    public async Task Options_that_cannot_work_are_refused()
    {
        await using var manager = await Domain.Start(_provider);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReplicaSet(manager, _ => Domain.Asking(), _log, new ReplicaSetOptions { Count = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReplicaSet(manager, _ => Domain.Asking(), _log, new ReplicaSetOptions { MaxConsecutiveFailures = 0 }));
    }

    private ReplicaSet Make(DomainResourceManager manager, int count, Func<ComponentRequest>? request = null) => new(
        manager, _ => request?.Invoke() ?? Domain.Asking(), _log, new ReplicaSetOptions { Count = count }, _time, new SeededRandom(1));
}
