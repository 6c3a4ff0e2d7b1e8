using System.Diagnostics;
using Iarnet.LoadBench.Harness;

namespace Iarnet.LoadBench.Bus;

/// <summary>
/// ROUTER and DEALER of this suite beside libzmq: the same roles, each in a process of its own, ours and libzmq's in turn in every
/// round; and pyzmq talking to our ROUTER beside pyzmq talking to libzmq's.
/// </summary>
internal static class BusBenchmark
{
    /// <summary>The first argument with which this program plays a role itself.</summary>
    public const string RoleCommand = "bus-role";

    public static async Task<IReadOnlyList<Row>> RunAsync(RunOptions options)
    {
        var (rounds, factor, patience) = options.Short ? (2, 0.02, TimeSpan.FromSeconds(20)) : (5, 1, TimeSpan.FromSeconds(60));
        var libzmq = await ZmqProgram.BuildAsync();
        Func<string, Player> ours = options.Self ? _ => libzmq : style => new Player($"Iarnet.Bus ({style})", Environment.ProcessPath!, RoleCommand, style);
        var contests = BusContests.All(libzmq, ours)
            .Where(contest => options.Only is null || contest.Title.Contains(options.Only, StringComparison.OrdinalIgnoreCase))
            .ToList();

        var folder = Directory.CreateTempSubdirectory("iarnet-bench-");
        try
        {
            var pair = new RolePair(folder.FullName, patience);
            for (var round = 0; round < rounds; round++)
            {
                var start = Stopwatch.GetTimestamp();
                foreach (var contest in contests)
                {
                    await contest.RunRoundAsync(round, factor, pair);
                }

                Console.WriteLine($"round {round + 1} of {rounds}: {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return [.. contests.SelectMany(contest => contest.ToRows())];
    }
}
