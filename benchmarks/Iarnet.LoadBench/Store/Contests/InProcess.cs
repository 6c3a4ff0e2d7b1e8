using Iarnet.LoadBench.Harness;
using Iarnet.LoadBench.Store.Roles;

namespace Iarnet.LoadBench.Store.Contests;

/// <summary>A store in the process that uses it.</summary>
internal static class InProcess
{
    private const string Size = "1024";

    public static IEnumerable<Contest> All(Arena arena)
    {
        var dictionary = arena.Actor(Cast.Dictionary);
        var store = arena.Actor(Cast.LocalStore, "-");
        var shared = arena.Actor(Cast.LocalStore, arena.NewSegmentFolder());
        var keys = "100000";
        var puts = arena.Count(4, 1);
        var gets = arena.Count(30, 3);
        yield return new Contest("in process, 1 KiB, put", "ops/s", Goal.AtLeastTimes(4))
            .Peer("ConcurrentDictionary", () => dictionary.AskAsync("put", Size, keys, puts))
            .Ours("", () => store.AskAsync("put", Size, keys, puts))
            .Ours("shared memory", () => shared.AskAsync("put", Size, keys, puts));
        yield return new Contest("in process, 1 KiB, get", "ops/s", Goal.AtLeastTimes(1.5))
            .Peer("ConcurrentDictionary", () => dictionary.AskAsync("get", Size, keys, gets))
            .Ours("", () => store.AskAsync("get", Size, keys, gets))
            .Ours("shared memory", () => shared.AskAsync("get", Size, keys, gets));
    }
}
