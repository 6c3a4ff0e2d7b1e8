using Iarnet.LoadBench.Harness;
using Iarnet.LoadBench.Store.Roles;

namespace Iarnet.LoadBench.Store.Contests;

/// <summary>Large objects between processes of one host.</summary>
internal static class LargeObjects
{
    private const int MiB = 1 << 20;
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(10);

    public static IEnumerable<Contest> All(Arena arena)
    {
        var copy = arena.Actor(Cast.Copy);
        var echo = arena.Actor(Cast.UnixEcho, arena.NewPath("echo"));
        var ping = arena.Actor(Cast.UnixPing, async () => [await echo.ReadyAsync()]);
        var store = Served.OnThisHost(arena);
        var client = store.Client(shared: true);
        var copies = arena.Count(16, 2);
        var trips = arena.Count(20_000, 1_000);
        Measure roundTrip = () => ping.AskAsync("trips", trips);

        yield return new Contest("put 64 MiB, same host", "GB/s", Goal.AtLeastTimes(0.9))
            .Peer("memcpy", () => copy.AskAsync("copy", Bytes(64), copies))
            .Ours("", () => client.AskAsync("put-large", Bytes(64), copies));

        foreach (var (series, size, objects) in new[] { (1, 1, "8"), (2, 64, "4"), (3, 512, "1") })
        {
            yield return new Contest($"get {size} MiB, same host, warm", "us", Goal.AtMostTimes(1.5))
                .Peer("round trip", roundTrip)
                .Ours("", async () =>
                {
                    await store.FillAsync($"{series}", Bytes(size), objects);
                    return await client.AskAsync("open", $"{series}", objects, trips);
                });
        }

        // A process that has not seen the object: it has only learned, from others, how to get one.
        var fresh = store.Client(shared: true);
        var cold = arena.Count(12, 3);
        yield return new Contest("get 64 MiB, same host, cold", "us", Goal.AtMostTimes(5))
            .Peer("round trip", roundTrip)
            .Ours("", async () =>
            {
                await store.FillAsync("1", Bytes(1), "8");
                await store.FillAsync("4", Bytes(64), cold);
                await fresh.EndAsync(TimeToEnd);
                await fresh.AskAsync("open", "1", "8", arena.Count(2_000, 200));
                return await fresh.AskAsync("open-once", "4", cold, cold);
            });
    }

    private static string Bytes(int mebibytes) => $"{mebibytes * MiB}";
}
