using System.Diagnostics;
using Xunit.Abstractions;

namespace Iarnet.Store.Tests.Faults;

/// <summary>Processes that are killed at moments that nobody chose, while they put, get and release the same objects.</summary>
public sealed class RandomKillTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(8);

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Whoever_is_killed_the_others_go_on_and_nothing_is_torn_pinned_or_lost(int seed)
    {
        await using var served = await ServedStore.StartAsync(configure: o => o.MemoryLimit = 32 << 20);
        await using var own = await served.ConnectAsync("survivor");
        var churn = new Churn(own, seed, seed);
        var random = new SeededRandom(seed);
        var watch = Stopwatch.StartNew();
        var surviving = Task.Run(async () =>
        {
            while (watch.Elapsed < Length)
            {
                await churn.StepAsync();
            }
        });
        var started = 0;
        var running = new List<(OtherProcess Process, string Owner)>();
        var kills = 0;
        while (watch.Elapsed < Length && !surviving.IsFaulted)
        {
            while (running.Count < 2)
            {
                var owner = $"victim-{++started}";
                running.Add((OtherProcess.Start("churn", served.Address, owner, seed + started, seed), owner));
            }

            var victim = running[random.Next(running.Count)];
            for (var lines = 1 + random.Next(8); lines > 0; lines--)
            {
                await victim.Process.ReadAsync();
            }

            await victim.Process.KillAsync();
            await served.Until(_ => served.Store.Readers.All(r => r.Owner != victim.Owner), $"the link of {victim.Owner} to end");
            served.Store.ReleaseOwner(victim.Owner);
            await served.Store.CheckIntegrityAsync().Within();
            await victim.Process.DisposeAsync();
            running.Remove(victim);
            kills++;
        }

        await surviving.Within();
        foreach (var (process, owner) in running)
        {
            await process.DisposeAsync();
            await served.Until(_ => served.Store.Readers.All(r => r.Owner != owner), $"the link of {owner} to end");
            served.Store.ReleaseOwner(owner);
        }

        churn.End();
        await served.Until(s => s is { Objects: 0, Leases: 0, Unfinished: 0, Bytes: 0 }, "everything to be given back");
        await served.Store.Empty();
        Assert.Equal(1, served.Segments.Files.Count(f => f.StartsWith("session-", StringComparison.Ordinal)));
        output.WriteLine($"seed {seed}: {kills} killed; the survivor did {churn.Operations} operations and verified {churn.Reads} reads");
        Assert.True(kills > 0, $"nobody was killed");
    }
}
