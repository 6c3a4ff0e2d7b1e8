using Iarnet.LoadBench.Harness;

namespace Iarnet.LoadBench.Bus;

/// <summary>One workload: a peer, and sides of ours that are held against it. A round runs each of them once.</summary>
internal sealed class Contest(string title, Workload workload, Side peer)
{
    private readonly List<(Side Side, Figure Figure, Series Series)> _rows = [];
    private readonly Dictionary<Side, string> _failures = [];

    public string Title => title;

    public Contest Row(string name, Side ours, Figure figure, Goal goal)
    {
        _rows.Add((ours, figure, new Series(name.Length == 0 ? title : $"{title}, {name}", figure.Unit, goal)));
        return this;
    }

    public async Task RunRoundAsync(int round, double factor, RolePair pair)
    {
        // Who goes first alternates, so that what the machine does meanwhile favours nobody.
        var order = _rows.Select(row => row.Side).Distinct().Prepend(peer).ToArray();
        if (round % 2 == 1)
        {
            Array.Reverse(order);
        }

        var outcomes = new Dictionary<Side, Outcome>();
        foreach (var side in order.Where(side => !_failures.ContainsKey(side)))
        {
            try
            {
                outcomes.Add(side, await pair.RunAsync(workload.Times(factor * side.Factor), side));
            }
            catch (Exception error)
            {
                _failures.Add(side, $"{error.Message} (round {round + 1})");
            }
        }

        foreach (var row in _rows)
        {
            if (outcomes.TryGetValue(row.Side, out var ours) && outcomes.TryGetValue(peer, out var theirs))
            {
                row.Series.Add(row.Figure.Read(ours), row.Figure.Read(theirs));
            }
        }
    }

    public IEnumerable<Row> ToRows() =>
        from row in _rows
        let failure = _failures.GetValueOrDefault(row.Side) ?? _failures.GetValueOrDefault(peer)
        select failure is null ? row.Series.ToRow() : row.Series.ToFailedRow(failure);
}
