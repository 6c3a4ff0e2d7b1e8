using System.Diagnostics;
using Iarnet.LoadBench.Harness;
using Iarnet.LoadBench.Store.Contests;

namespace Iarnet.LoadBench.Store;

/// <summary>
/// The object store beside what one would use instead, or beside the bare limit of the machine: a dictionary, Redis, memcpy, sockets, files.
/// Every side in processes of its own, ours and the peer's in turn in every round.
/// </summary>
internal static class StoreBenchmark
{
    /// <summary>The first argument with which this program plays a role itself.</summary>
    public const string RoleCommand = "store-role";

    private static readonly Func<Arena, IEnumerable<Contest>>[] Groups =
    [
        InProcess.All, SmallObjects.All, LargeObjects.All, Transfers.All, Broadcast.All, Disk.All, Overhead.All,
    ];

    public static async Task<IReadOnlyList<Row>> RunAsync(RunOptions options)
    {
        var (rounds, warm) = options.Short ? (1, 0) : (5, 1);
        var rows = new List<Row>();
        foreach (var group in Groups)
        {
            await using var arena = new Arena(options);
            foreach (var contest in group(arena).Where(contest => options.Only is null || contest.Title.Contains(options.Only, StringComparison.OrdinalIgnoreCase)))
            {
                var start = Stopwatch.GetTimestamp();
                var run = options.Self ? contest.AgainstItself() : contest;
                await run.RunAsync(rounds, warm);
                rows.AddRange(run.ToRows());
                Console.WriteLine($"{run.ToLine()} ({Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s)");
            }
        }

        return rows;
    }
}
