using System.Diagnostics;
using Iarnet.LoadBench.Harness;
using Iarnet.LoadBench.Store.Roles;

namespace Iarnet.LoadBench.Store.Contests;

/// <summary>One large object to many processes as if each were on another host.</summary>
internal static class Broadcast
{
    private const int Readers = 8;
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(20);
    private const string Chunk = "262144";

    public static IEnumerable<Contest> All(Arena arena)
    {
        var size = arena.Count(1 << 30, 1 << 24);
        var links = Enumerable.Range(0, Readers + 1).Select(_ => arena.Actor(Cast.TcpChain, size, Chunk)).ToArray();
        var source = arena.Actor(Cast.Node, "-", "-");
        var readers = Enumerable.Range(0, Readers).Select(_ => arena.Actor(Cast.Node, async () => (await source.ReadyAsync()).Split(' '))).ToArray();
        yield return new Contest($"1 GiB to {Readers} readers' processes", "s", Goal.AtMostTimes(1.3))
            .Peer("raw TCP in a chain", async () =>
            {
                await LinkAsync(links);
                await SendAsync(links);
                return await InTurnAsync(links, () => SendAsync(links));
            })
            .Ours("", async () =>
            {
                await FetchAsync(source, readers, "1", size);
                return await InTurnAsync([.. readers, source], () => FetchAsync(source, readers, "2", size));
            });
    }

    // Both sides at once would need twice nine times the memory: each ends before the other starts, and runs once before it is timed.
    private static async Task<double> InTurnAsync(IEnumerable<ActorProcess> actors, Measure measure)
    {
        var figure = await measure();
        await Task.WhenAll(actors.Select(actor => actor.EndAsync(TimeToEnd)));
        return figure;
    }

    private static async Task<double> FetchAsync(ActorProcess source, ActorProcess[] readers, string series, string size)
    {
        await source.AskAsync("fill", series, size, "1");
        foreach (var reader in readers)
        {
            await reader.ReadyAsync();
        }

        // The clock is that of the machine: times of several processes can be compared.
        var start = Stopwatch.GetElapsedTime(0, Stopwatch.GetTimestamp()).TotalSeconds;
        return (await Task.WhenAll(readers.Select(reader => reader.AskAsync("receive", series)))).Max() - start;
    }

    private static async Task<double> SendAsync(ActorProcess[] links)
    {
        var ends = links[1..].Select(link => link.AskAsync("receive")).ToList();
        var start = await links[0].AskAsync("send");
        return (await Task.WhenAll(ends)).Max() - start;
    }

    private static async Task LinkAsync(ActorProcess[] links)
    {
        for (var i = 0; i < Readers; i++)
        {
            await links[i].AskAsync("next", await links[i + 1].ReadyAsync());
        }
    }
}
