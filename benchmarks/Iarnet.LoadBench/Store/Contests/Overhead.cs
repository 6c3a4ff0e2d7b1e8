using System.Globalization;
using Iarnet.LoadBench.Harness;
using Iarnet.LoadBench.Store.Redis;
using Iarnet.LoadBench.Store.Roles;

namespace Iarnet.LoadBench.Store.Contests;

/// <summary>What an object takes beyond its bytes.</summary>
internal static class Overhead
{
    private const double Bound = 80;

    public static IEnumerable<Contest> All(Arena arena)
    {
        var count = arena.Count(200_000, 20_000);
        var dictionary = arena.Actor(Cast.Dictionary);
        var store = arena.Actor(Cast.LocalStore, "-");
        var shared = arena.Actor(Cast.LocalStore, arena.NewSegmentFolder());
        var redis = arena.Keep(new RedisServer(arena));
        var resp = arena.Actor(Cast.Resp, async () => [await redis.SocketAsync()]);
        foreach (var size in new[] { "100", "1024" })
        {
            yield return new Contest($"overhead of an object of {size} B, process", "B", Goal.AtMost(Bound, "B"))
                .Peer("ConcurrentDictionary", () => dictionary.AskAsync("bytes", size, count))
                .Ours("", () => store.AskAsync("grown", size, count))
                .Ours("shared memory", () => shared.AskAsync("grown", size, count));
            yield return new Contest($"overhead of an object of {size} B, own figures", "B", Goal.AtMost(Bound, "B"))
                .Peer("Redis", () => RedisAsync(size))
                .Ours("", () => store.AskAsync("bytes", size, count))
                .Ours("shared memory", () => shared.AskAsync("bytes", size, count));
        }

        async Task<double> RedisAsync(string size)
        {
            await resp.AskAsync("empty");
            var before = await resp.AskAsync("memory");
            return ((await resp.AskAsync("fill", size, count) - before) / double.Parse(count, CultureInfo.InvariantCulture)) - double.Parse(size, CultureInfo.InvariantCulture);
        }
    }
}
