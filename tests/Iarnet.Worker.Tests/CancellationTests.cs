using Iarnet.Actors;
using Iarnet.Worker.Tests.Harness;
using static Iarnet.Worker.Tests.Harness.TestNode;

namespace Iarnet.Worker.Tests;

public sealed class CancellationTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_running_call_is_told_by_its_token_and_a_waiting_one_never_runs()
    {
        var actor = await _node.StartActorAsync();
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var wait = Define(TestFunctions.Wait);
        var running = Post(actor, wait, first.Token, Value(_node.Named("running")), Value(_node.Named("never")));
        await Signal.WhenReached(_node.Named("running"));
        var waiting = Post(actor, wait, second.Token, Value(_node.Named("waiting")), Value(_node.Named("never")));

        await second.CancelAsync();
        await first.CancelAsync();

        Assert.Equal(ActorOutcomeKind.Canceled, (await running.Ended.Within("the running call")).Kind);
        Assert.Equal(ActorOutcomeKind.Canceled, (await waiting.Ended.Within("the waiting call")).Kind);
        Assert.False(File.Exists(_node.Named("waiting")));
        Assert.Equal(4, await _node.CallAsync<int>(actor, Define(TestFunctions.Square), Value(2)));
    }

    [Fact]
    public async Task A_call_that_was_cancelled_before_it_was_posted_is_not_sent()
    {
        var actor = await _node.StartActorAsync();
        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();

        var call = Post(actor, Define(TestFunctions.Wait), canceled.Token, Value(_node.Named("running")), Value(_node.Named("never")));

        Assert.Equal(ActorOutcomeKind.Canceled, (await call.Ended.Within("the call")).Kind);
        Assert.False(File.Exists(_node.Named("running")));
    }

    [Fact]
    public async Task A_function_that_takes_no_token_ends_as_it_would()
    {
        var actor = await _node.StartActorAsync();
        using var cancellation = new CancellationTokenSource();
        var call = Post(actor, Define(TestFunctions.Meet), cancellation.Token, Value(_node.Named("running")), Value(_node.Named("go")));
        await Signal.WhenReached(_node.Named("running"));
        await cancellation.CancelAsync();
        Signal.Reach(_node.Named("go"));

        Assert.Equal(ActorOutcomeKind.Completed, (await call.Ended.Within("the call")).Kind);
    }
}
