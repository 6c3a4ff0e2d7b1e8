namespace Iarnet.LoadBench.Harness;

/// <summary>The figures of one workload, ours and the peer's, round by round.</summary>
internal sealed class Series(string workload, string unit, Goal goal)
{
    private readonly List<(double Ours, double Peer)> _rounds = [];

    public void Add(double ours, double peer) => _rounds.Add((ours, peer));

    public Row ToRow()
    {
        var ratio = Median(_rounds.Select(round => round.Ours / round.Peer));
        var ours = Median(_rounds.Select(round => round.Ours));
        return new Row(workload, unit, ours, Median(_rounds.Select(round => round.Peer)), ratio, goal.ToString(), goal.Holds(ours, ratio));
    }

    /// <summary>A row that holds nothing but why there is nothing: rounds before the failure are not shown for the whole.</summary>
    public Row ToFailedRow(string error) => new(workload, unit, 0, 0, 0, goal.ToString(), Holds: false, error);

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
