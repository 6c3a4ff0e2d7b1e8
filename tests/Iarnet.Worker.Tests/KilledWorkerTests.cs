using System.Security.Cryptography;
using Iarnet.Actors;
using Iarnet.Worker.Tests.Harness;
using static Iarnet.Worker.Tests.Harness.TestNode;

namespace Iarnet.Worker.Tests;

/// <summary>A worker is killed with SIGKILL in each phase of its life: no call is lost without a word, and another takes its place.</summary>
public sealed class KilledWorkerTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task While_it_starts()
    {
        _node.Launcher.KillNext = 2;
        _node.StartGroup();

        var actor = await _node.Observer.NextActorAsync();

        Assert.Equal(3, _node.Launcher.Started.Count);
        Assert.Equal(16, await _node.CallAsync<int>(actor, Define(TestFunctions.Square), Value(4)));
    }

    [Fact]
    public async Task While_it_loads_a_function()
    {
        // Where the code file would lie there is a pipe: who reads it waits, and who opens its other end knows that somebody does.
        var hash = SHA256.HashData(await File.ReadAllBytesAsync(typeof(TestFunctions).Assembly.Location));
        Directory.CreateDirectory(_node.Cache);
        var pipe = Path.Combine(_node.Cache, Convert.ToHexStringLower(hash) + ".dll");
        using (var made = System.Diagnostics.Process.Start("mkfifo", pipe))
        {
            await made.WaitForExitAsync().Within("mkfifo");
        }

        var actor = await _node.StartActorAsync();
        var call = Post(actor, Define(TestFunctions.Square), Value(4));
        using (await Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write)).Within("the worker to read the code file"))
        {
            await KillAsync(actor, call);
        }

        File.Delete(pipe);
        Assert.Equal(16, await _node.CallAsync<int>(await _node.Observer.NextActorAsync(), Define(TestFunctions.Square), Value(4)));
    }

    [Fact]
    public async Task While_it_runs_a_call_and_others_wait()
    {
        var actor = await _node.StartActorAsync();
        var wait = Define(TestFunctions.Wait);
        var running = Post(actor, wait, Value(_node.Named("reached")), Value(_node.Named("never")));
        await Signal.WhenReached(_node.Named("reached"));
        var waiting = Post(actor, Define(TestFunctions.Square), Value(4));

        await KillAsync(actor, running, waiting);

        File.WriteAllText(_node.Named("never"), "");
        var next = await _node.Observer.NextActorAsync();
        Assert.NotEqual(actor.Id, next.Id);
        Assert.Equal(1, await _node.CallAsync<int>(next, wait, Value(_node.Named("reached")), Value(_node.Named("never"))));
    }

    [Fact]
    public async Task While_it_answers()
    {
        var actor = await _node.StartActorAsync();
        var call = Post(actor, Define(TestFunctions.Answer), Value(_node.Named("reached")), Value(_node.Named("never")));
        await Signal.WhenReached(_node.Named("reached"));

        await KillAsync(actor, call);

        Assert.Equal(16, await _node.CallAsync<int>(await _node.Observer.NextActorAsync(), Define(TestFunctions.Square), Value(4)));
    }

    [Fact]
    public async Task What_it_held_in_the_store_is_given_back()
    {
        var argument = await _node.Space.EncodeAsync(new byte[1 << 20]);
        var actor = await _node.StartActorAsync();
        var call = Post(actor, Define(TestFunctions.HoldBytes), new TestEncoded(argument), Value(_node.Named("reached")), Value(_node.Named("never")));
        await Signal.WhenReached(_node.Named("reached"));
        Assert.Equal(1, _node.Store.Stat(argument.Reference)!.Leases);

        await KillAsync(actor, call);

        await Signal.Until(() => _node.Store.Stat(argument.Reference)!.Leases == 0, "the lease to be given back");
    }

    [Fact]
    public async Task Again_and_again_under_load_every_call_has_one_outcome_and_the_right_result()
    {
        var random = new SeededRandom(11);
        var square = Define(TestFunctions.Square);
        _node.StartGroup();
        var left = Enumerable.Range(0, 5000).ToList();
        for (var kills = 4; left.Count > 0; kills--)
        {
            var actor = await _node.Observer.NextActorAsync();
            var calls = left.ToDictionary(x => x, x => new TestCall(square, [Value(x)]));
            actor.Post(calls.Values.ToArray());
            if (kills > 0)
            {
                // Somewhere in the middle: after so many results.
                await calls[left[random.Next(left.Count)]].Ended.Within("a result before the kill");
                _node.Launcher.Started[actor.Id].Kill();
            }

            foreach (var (x, call) in calls)
            {
                var outcome = await call.Ended.Within($"the outcome of {x}");
                Assert.True(outcome.Kind is ActorOutcomeKind.Lost or ActorOutcomeKind.Completed, $"{x}: {outcome.Kind} {outcome.Error}, seed {random.Seed}");
                if (outcome.Kind == ActorOutcomeKind.Completed)
                {
                    Assert.Equal(x * x, await _node.Space.DecodeAsync<int>(outcome.Value));
                    left.Remove(x);
                }
            }

            Assert.All(calls.Values, call => Assert.Equal(1, call.Ends));
            if (left.Count == 0 && kills > 0)
            {
                left = [.. Enumerable.Range(0, 5000)];
                await _node.Observer.NextLossAsync();
            }
        }
    }

    [Fact]
    public async Task A_call_that_exits_the_process_is_lost_with_the_exit_code()
    {
        var actor = await _node.StartActorAsync();

        var outcome = await Post(actor, Define(TestFunctions.Exit), Value(7)).Ended.Within("the outcome");

        Assert.Equal(ActorOutcomeKind.Lost, outcome.Kind);
        Assert.IsType<ComponentLostException>(outcome.Exception);
        var (_, reason) = await _node.Observer.NextLossAsync();
        Assert.Same(outcome.Exception, reason);
    }

    [Fact]
    public async Task A_call_posted_after_the_loss_is_lost_at_once()
    {
        var actor = await _node.StartActorAsync();
        await KillAsync(actor);

        Assert.Equal(ActorOutcomeKind.Lost, (await Post(actor, Define(TestFunctions.Square), Value(1)).Ended.Within("the outcome")).Kind);
    }

    private async Task KillAsync(IActor actor, params TestCall[] calls)
    {
        _node.Launcher.Started[actor.Id].Kill();

        foreach (var call in calls)
        {
            var outcome = await call.Ended.Within("the outcome of a call that was with the killed worker");
            Assert.Equal(ActorOutcomeKind.Lost, outcome.Kind);
            Assert.IsType<ComponentLostException>(outcome.Exception);
        }

        var (lost, reason) = await _node.Observer.NextLossAsync();
        Assert.Same(actor, lost);
        Assert.IsType<ComponentLostException>(reason);
        Assert.All(calls, call => Assert.Equal(1, call.Ends));
    }
}
