using Iarnet.LoadBench.Harness;
using Iarnet.LoadBench.Store.Roles;

namespace Iarnet.LoadBench.Store.Contests;

/// <summary>Objects that travel to another process as if it were on another host.</summary>
internal static class Transfers
{
    private const string Size = "67108864";
    private const string Series = "1";

    public static IEnumerable<Contest> All(Arena arena)
    {
        var tcp = arena.Actor(Cast.TcpSource, Size);
        var tcpSink = arena.Actor(Cast.TcpSink, async () => [await tcp.ReadyAsync()]);
        var http = arena.Actor(Cast.HttpSource, Size);
        var httpSink = arena.Actor(Cast.HttpSink, async () => [await http.ReadyAsync()]);
        var store = Served.OverTcp(arena);
        var client = store.Client(shared: false);
        var source = arena.Actor(Cast.Node, "-", "-");
        var reader = arena.Actor(Cast.Node, async () => (await source.ReadyAsync()).Split(' '));
        var series = 0;
        var count = arena.Count(16, 2);

        yield return new Contest("fetch 64 MiB, side-band TCP", "GB/s", Goal.AtLeastTimes(0.9))
            .Peer("raw TCP", () => tcpSink.AskAsync("fetch", Size, count))
            .Ours("", async () =>
            {
                // Objects that were not sent before: the source has their checksums still to make.
                var fresh = $"{++series}";
                await source.AskAsync("fill", fresh, Size, count);
                return await reader.AskAsync("fetch", fresh, count);
            });
        yield return new Contest("fetch 64 MiB, gRPC", "GB/s", Goal.AtLeastTimes(1))
            .Peer("raw HTTP/2", () => httpSink.AskAsync("fetch", Size, count))
            .Ours("", async () =>
            {
                await store.FillAsync(Series, Size, "1");
                return await client.AskAsync("fetch", Series, "1", count);
            });
    }
}
