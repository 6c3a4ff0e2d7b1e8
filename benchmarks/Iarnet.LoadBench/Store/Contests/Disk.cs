using Iarnet.LoadBench.Harness;
using Iarnet.LoadBench.Store.Roles;

namespace Iarnet.LoadBench.Store.Contests;

/// <summary>Objects that go to the disk because there is no room, and come back.</summary>
internal static class Disk
{
    private const string Size = "67108864";

    public static IEnumerable<Contest> All(Arena arena)
    {
        var plain = arena.Actor(Cast.Disk, arena.NewPath("plain"));
        var store = arena.Actor(Cast.Spill, arena.NewPath("spill"));
        var count = arena.Count(12, 2);
        yield return new Contest("spill, 64 MiB objects", "GB/s", Goal.AtLeastTimes(0.8))
            .Peer("write and fdatasync", () => plain.AskAsync("write", Size, count))
            .Ours("", () => store.AskAsync("write", Size, count));
        yield return new Contest("restore, 64 MiB objects", "GB/s", Goal.AtLeastTimes(0.8))
            .Peer("read", () => plain.AskAsync("read", Size, count))
            .Ours("", () => store.AskAsync("read", Size, count));
    }
}
