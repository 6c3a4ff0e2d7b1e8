using System.Diagnostics;
using System.Text.Json;
using Iarnet.LoadBench.Harness;

namespace Iarnet.LoadBench.Dag;

/// <summary>
/// Tasks per second and time per dependent hop through one .NET worker process, beside Dask.distributed with one worker process
/// of one thread: as it ships ("default") and sending everything at once ("inf", its fastest mode).
/// </summary>
internal static class DagBenchmark
{
    private const string Python = "/usr/bin/python3";

    public static async Task<IReadOnlyList<Row>> RunAsync(bool brief)
    {
        var (rounds, independent, chain, tree) = brief ? (1, 1_000, 200, 512) : (5, 10_000, 1_000, 4_096);
        var script = Path.Combine(AppContext.BaseDirectory, "Peers", "dask_dag.py");
        await using var iarnet = await IarnetHost.StartAsync(node => node
            .AddProcessProvider()
            .AddFunction(Graphs.Noop, f => f.Group("one").Replicas(1))
            .AddFunction(Graphs.Add, f => f.Group("one").Replicas(1)));
        await using var dask = await PeerProcess.StartAsync(Python, script, "default");
        await using var daskInf = await PeerProcess.StartAsync(Python, script, "inf");

        // Both sides get their start-up out of the way: processes, code, compilation.
        for (var warm = 0; warm < 3; warm++)
        {
            await OursAsync(iarnet, session => Graphs.IndependentAsync(session, independent));
            await OursAsync(iarnet, session => Graphs.ChainAsync(session, chain));
            await OursAsync(iarnet, session => Graphs.TreeAsync(session, tree));
        }

        foreach (var peer in new[] { dask, daskInf })
        {
            await AskAsync(peer, "independent 200");
            await AskAsync(peer, "chain 50");
            await AskAsync(peer, "tree 256");
        }

        var all = new List<Series>();
        foreach (var (mode, peer) in new[] { ("Dask default", dask), ("Dask inf", daskInf) })
        {
            var wide = new Series($"{independent:N0} independent no-op calls, one worker process ({mode})", "calls/s", Goal.AtLeastTimes(25));
            var deep = new Series($"chain of {chain:N0}, time per hop ({mode})", "us", Goal.AtMostTimes(0.1));
            var fold = new Series($"tree of {tree:N0} leaves, {(2 * tree) - 1:N0} calls ({mode})", "calls/s", Goal.AtLeastTimes(25));
            for (var round = 0; round < rounds; round++)
            {
                wide.Add(
                    independent / await OursAsync(iarnet, session => Graphs.IndependentAsync(session, independent)),
                    independent / await AskAsync(peer, $"independent {independent}"));
                deep.Add(
                    1e6 / chain * await OursAsync(iarnet, session => Graphs.ChainAsync(session, chain)),
                    1e6 / chain * await AskAsync(peer, $"chain {chain}"));
                fold.Add(
                    ((2 * tree) - 1) / await OursAsync(iarnet, session => Graphs.TreeAsync(session, tree)),
                    ((2 * tree) - 1) / await AskAsync(peer, $"tree {tree}"));
            }

            all.AddRange([wide, deep, fold]);
        }

        return [.. all.Select(series => series.ToRow())];
    }

    private static async Task<double> OursAsync(IarnetHost iarnet, Func<DagSession, Task<bool>> graph)
    {
        await using var session = iarnet.OpenSession("bench");
        var start = Stopwatch.GetTimestamp();
        var right = await graph(session);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return right ? seconds : throw new InvalidOperationException("a graph gave a wrong result");
    }

    private static async Task<double> AskAsync(PeerProcess peer, string command)
    {
        JsonElement answer = await peer.AskAsync(command);
        return answer.GetProperty("right").GetBoolean()
            ? answer.GetProperty("seconds").GetDouble()
            : throw new InvalidOperationException($"the peer gave a wrong result for '{command}'");
    }
}
