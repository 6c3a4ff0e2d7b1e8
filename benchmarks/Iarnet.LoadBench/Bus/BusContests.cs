using Iarnet.LoadBench.Harness;

namespace Iarnet.LoadBench.Bus;

/// <summary>What is measured, and the goals. Counts are such that each side is timed for about a second.</summary>
internal static class BusContests
{
    private static readonly string[] Transports = ["tcp", "ipc"];
    private static readonly Player Pyzmq = new("pyzmq", "/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, "Bus", "Peers", "zmq_dealer.py"));

    /// <param name="libzmq">The peer.</param>
    /// <param name="ours">Ours, by the style in which the sockets are used: "batch", "message" or "loop".</param>
    public static IEnumerable<Contest> All(Player libzmq, Func<string, Player> ours) =>
    [
        .. OneWay(libzmq, ours),
        .. RoundTrips(libzmq, ours),
        .. Many(libzmq, ours),
        .. Curve(libzmq, ours),
        .. Python(libzmq, ours),
    ];

    private static IEnumerable<Contest> OneWay(Player libzmq, Func<string, Player> ours)
    {
        foreach (var (size, name, count) in new[] { (64, "64 B", 2_500_000), (1024, "1 KiB", 500_000), (65536, "64 KiB", 20_000) })
        {
            foreach (var transport in Transports)
            {
                foreach (var (workload, way) in new[] { (Workload.ToRouter(transport, size, count), "DEALER to ROUTER"), (Workload.ToDealer(transport, size, count), "ROUTER to DEALER") })
                {
                    var contest = new Contest($"one way {name} {transport} {way}", workload, Side.Both(libzmq));
                    yield return (size, transport) switch
                    {
                        (64, _) => contest
                            .Row("batch", Side.Both(ours("batch"), 4), Figure.Rate, Goal.AtLeastTimes(4))
                            .Row("per message", Side.Both(ours("message"), 2), Figure.Rate, Goal.AtLeastTimes(1.8)),
                        (1024, _) => contest.Row("batch", Side.Both(ours("batch"), 2), Figure.Rate, Goal.AtLeastTimes(2.5)),
                        (_, "tcp") => contest.Row("batch", Side.Both(ours("batch"), 1.5), Figure.Rate, Goal.AtLeastTimes(1.5)),
                        _ => contest.Row("batch", Side.Both(ours("batch"), 2), Figure.Rate, Goal.AtLeastTimes(2)),
                    };
                }
            }
        }
    }

    private static IEnumerable<Contest> RoundTrips(Player libzmq, Func<string, Player> ours)
    {
        foreach (var transport in Transports)
        {
            var awaited = Side.Both(ours("message"), 2);
            var loop = Side.Both(ours("loop"), 4);
            yield return new Contest($"RTT 64 B {transport}", Workload.RoundTrips(transport, 64, 12_000), Side.Both(libzmq))
                .Row("p50, awaited", awaited, Figure.P50, Goal.AtMostTimes(0.35))
                .Row("p50, handler on the loop", loop, Figure.P50, Goal.AtMostTimes(0.2))
                .Row("p99, awaited", awaited, Figure.P99, Goal.AtMostTimes(0.7))
                .Row("p99, handler on the loop", loop, Figure.P99, Goal.AtMostTimes(0.7));
        }
    }

    private static IEnumerable<Contest> Many(Player libzmq, Func<string, Player> ours)
    {
        foreach (var transport in Transports)
        {
            yield return new Contest($"64 outstanding, 64 B {transport}", Workload.Outstanding(64, transport, 64, 400_000), Side.Both(libzmq))
                .Row("awaited", Side.Both(ours("batch"), 3), Figure.Rate, Goal.AtLeastTimes(3))
                .Row("handler on the loop", Side.Both(ours("loop"), 6), Figure.Rate, Goal.AtLeastTimes(6));
            yield return new Contest($"one task at each of 16 DEALERs, 64 B {transport}", Workload.Dispatch(16, transport, 64, 50_000), Side.Both(libzmq))
                .Row("awaited", Side.Both(ours("message"), 2), Figure.Rate, Goal.AtLeastTimes(2))
                .Row("handler on the loop", Side.Both(ours("loop"), 3), Figure.Rate, Goal.AtLeastTimes(2.5));
        }
    }

    private static IEnumerable<Contest> Curve(Player libzmq, Func<string, Player> ours)
    {
        foreach (var (size, name, count) in new[] { (64, "64 B", 600_000), (1024, "1 KiB", 150_000), (65536, "64 KiB", 6_000) })
        {
            yield return new Contest($"CURVE one way {name} tcp", Workload.ToRouter("tcp", size, count) with { Curve = true }, Side.Both(libzmq))
                .Row("batch", Side.Both(ours("batch")), Figure.Rate, Goal.AtLeastTimes(1));
        }
    }

    private static IEnumerable<Contest> Python(Player libzmq, Func<string, Player> ours)
    {
        var batch = new Side(ours("batch"), Pyzmq);
        yield return new Contest("pyzmq DEALER to ROUTER, 64 B tcp", Workload.ToRouter("tcp", 64, 1_000_000), new Side(libzmq, Pyzmq))
            .Row("", batch, Figure.Rate, Goal.AtLeastTimes(1))
            .Row("CPU of the ROUTER's process", batch, Figure.RouterCpu, Goal.AtMostTimes(0.5));
        yield return new Contest("ROUTER to pyzmq DEALER, 64 B tcp", Workload.ToDealer("tcp", 64, 1_500_000), new Side(libzmq, Pyzmq))
            .Row("", batch, Figure.Rate, Goal.AtLeastTimes(1))
            .Row("CPU of the ROUTER's process", batch, Figure.RouterCpu, Goal.AtMostTimes(0.5));
        var awaited = new Side(ours("message"), Pyzmq);
        var loop = new Side(ours("loop"), Pyzmq);
        yield return new Contest("pyzmq DEALER and ROUTER, RTT 64 B tcp", Workload.RoundTrips("tcp", 64, 12_000), new Side(libzmq, Pyzmq))
            .Row("p50, awaited", awaited, Figure.P50, Goal.AtMostTimes(0.75))
            .Row("p50, handler on the loop", loop, Figure.P50, Goal.AtMostTimes(0.75))
            .Row("CPU of the ROUTER's process, awaited", awaited, Figure.RouterCpu, Goal.AtMostTimes(0.5))
            .Row("CPU of the ROUTER's process, handler on the loop", loop, Figure.RouterCpu, Goal.AtMostTimes(0.5));
    }
}
