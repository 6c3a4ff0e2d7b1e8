using Iarnet.Actors;
using Iarnet.Objects;

namespace Iarnet.Dag.Tests;

/// <summary>Actors that die, forget, repeat and answer late, by a seed that is in the name of what failed.</summary>
public sealed class ChaosTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Every_result_is_right_and_every_object_released_whatever_actors_do(int seed)
    {
        var space = new RecordingSpace();
        var host = new ChaosHost(space, new SeededRandom(seed));
        await using (var engine = new DagEngine(hosts: [host, new InProcessActorHost()], space: space, random: new SeededRandom(seed)))
        await using (var session = engine.OpenSession($"seed {seed}"))
        {
            var function = Remote.Function("next", f => f.Retry(200));
            var chains = Enumerable.Range(0, 40).Select(start =>
            {
                var at = session.Put(start);
                for (var i = 0; i < 10; i++)
                {
                    at = session.Call(function, at);
                }

                return at;
            }).ToList();
            Assert.Equal(Enumerable.Range(0, 40).Sum(start => start + 10), await session.Reduce(chains, Maths.Sum).Within($"the sum of seed {seed}"));
            var counts = session.GetStatistics();
            Assert.Equal(counts.Total, counts.Done);
            Assert.True(counts.Functions.Single(f => f.Function == "next").Retries > 0, "nothing was lost");
        }

        await host.Quiet().Within("the actors to be quiet");
        Assert.Equal((0, 0), (space.Held, space.WrongReleases));
    }

    private sealed class ChaosHost(RecordingSpace space, SeededRandom random) : IActorHost
    {
        private int _running;
        private int _actors;

        public bool Supports(string language) => language == "python";

        public IActorGroup StartGroup(ActorGroupSpec spec, IActorGroupObserver observer)
        {
            for (var i = 0; i < 3; i++)
            {
                NewActor(observer);
            }

            return new ScriptedGroup(spec, observer);
        }

        public async Task Quiet()
        {
            while (Volatile.Read(ref _running) > 0)
            {
                await Task.Yield();
            }
        }

        private void NewActor(IActorGroupObserver observer)
        {
            var actor = new ScriptedActor($"actor {Interlocked.Increment(ref _actors)}", observer) { Window = 8 };
            _ = RunAsync(actor, observer);
            observer.ActorReady(actor);
        }

        private async Task RunAsync(ScriptedActor actor, IActorGroupObserver observer)
        {
            while (true)
            {
                var call = await actor.NextCall();
                Interlocked.Increment(ref _running);
                if (await TryCompute(actor, call) is not { } result)
                {
                    Interlocked.Decrement(ref _running);
                    continue;
                }

                switch (random.Next(12))
                {
                    case 0:
                        // Dies before it answers, with all that it has; the engine must find them.
                        space.Release(result.Reference);
                        actor.Lost("killed");
                        NewActor(observer);
                        Interlocked.Decrement(ref _running);
                        return;
                    case 1:
                        // Says that it lost the call, then answers it nevertheless.
                        actor.Report(ActorOutcome.Lost(call, new ComponentLostException("mistaken")));
                        await Task.Yield();
                        actor.Report(call.Done(result));
                        break;
                    case 2:
                        actor.Report(call.Done(result));
                        actor.Report(call.Done(space.Store(-1)));
                        break;
                    default:
                        actor.Report(call.Done(result));
                        break;
                }

                Interlocked.Decrement(ref _running);
            }
        }

        private async Task<EncodedValue?> TryCompute(ScriptedActor actor, ActorCall call)
        {
            try
            {
                return space.Store(await call.FirstArgument(space) + 1);
            }
            catch (Exception exception)
            {
                // The engine may hand a call that was called lost to the same actor before the late answer comes, and take that answer.
                // The call has ended then, and its inputs are gone before this actor gets to it a second time.
                // Were they gone from a call that has not ended, this would fail it and the test.
                actor.Report(ActorOutcome.Failed(call, exception));
                return null;
            }
        }
    }
}
