using System.Globalization;
using Iarnet.LoadBench.Harness;
using Iarnet.LoadBench.Store.Redis;
using Iarnet.LoadBench.Store.Roles;

namespace Iarnet.LoadBench.Store.Contests;

/// <summary>Small objects between processes, beside Redis on a Unix socket.</summary>
internal static class SmallObjects
{
    private const string Size = "1024";
    private const string Series = "1";
    private const string Batch = "512";
    private static readonly int[] Depths = [32, 64, 128];

    public static IEnumerable<Contest> All(Arena arena)
    {
        var redis = arena.Keep(new RedisServer(arena));
        var resp = arena.Actor(Cast.Resp, async () => [await redis.SocketAsync()]);
        var store = Served.OnThisHost(arena);
        var client = store.Client(shared: true);
        var keys = arena.Count(100_000, 10_000);
        var one = arena.Count(15_000, 1_000);
        var ours = arena.Count(150_000, 5_000);
        var many = arena.Count(300_000, 30_000);
        var filled = new Lazy<Task>(() => resp.AskAsync("fill", Size, keys));

        async Task<double> RedisAsync(string test, string count, int clients, int depth)
        {
            await filled.Value;
            return await redis.MeasureAsync(test, Size, keys, count, clients, depth);
        }

        async Task<double> OursAsync(string verb, params string[] words)
        {
            await store.FillAsync(Series, Size, keys);
            return await client.AskAsync([verb, .. words]);
        }

        yield return new Contest("other process, 1 KiB, one in flight, put", "ops/s", Goal.AtLeastTimes(3))
            .Peer("redis-benchmark -c 1 -P 1", () => RedisAsync("set", one, 1, 1))
            .Peer("Redis by a lean client in .NET", () => resp.AskAsync("set", Size, keys, one))
            .Ours("", () => OursAsync("put", Size, ours));
        yield return new Contest("other process, 1 KiB, one in flight, get", "ops/s", Goal.AtLeastTimes(3))
            .Peer("redis-benchmark -c 1 -P 1", () => RedisAsync("get", one, 1, 1))
            .Peer("Redis by a lean client in .NET", async () =>
            {
                await filled.Value;
                return await resp.AskAsync("get", Size, keys, one);
            })
            .Ours("", () => OursAsync("get", Series, keys, ours))
            .Ours("view", () => OursAsync("view", Series, keys, ours));

        foreach (var (verb, test, bound) in new[] { ("put", "set", 1.1), ("get", "get", 1.3) })
        {
            var contest = new Contest($"other process, 1 KiB, pipelined and batched, {verb}", "ops/s", Goal.AtLeastTimes(bound));
            foreach (var depth in Depths)
            {
                contest.Peer(string.Create(CultureInfo.InvariantCulture, $"redis-benchmark -c 16 -P {depth}"), () => RedisAsync(test, many, 16, depth));
            }

            yield return verb == "put"
                ? contest.Ours("", () => OursAsync("put-many", Size, many, Batch))
                : contest.Ours("", () => OursAsync("get-many", Series, keys, many, Batch)).Ours("view", () => OursAsync("view", Series, keys, many));
        }
    }
}
