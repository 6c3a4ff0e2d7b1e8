using Iarnet.LoadBench.Harness;

namespace Iarnet.LoadBench.Store;

/// <summary>One workload: peers that do the same work, and sides of ours that are held against the fastest of them. A round runs each of them once.</summary>
internal sealed class Contest(string title, string unit, Goal goal)
{
    private readonly List<Player> _peers = [];
    private readonly List<Player> _ours = [];

    public string Title => title;

    public Contest Peer(string name, Measure measure)
    {
        _peers.Add(new Player(name, measure));
        return this;
    }

    public Contest Ours(string name, Measure measure)
    {
        _ours.Add(new Player(name, measure));
        return this;
    }

    /// <summary>The peers in our place.</summary>
    public Contest AgainstItself()
    {
        var again = new Contest(title, unit, goal);
        foreach (var peer in _peers)
        {
            again.Peer(peer.Name, peer.Measure).Ours(peer.Name, peer.Measure);
        }

        return again;
    }

    /// <param name="rounds">Rounds that count.</param>
    /// <param name="warm">Rounds before them, for both sides, that do not.</param>
    public async Task RunAsync(int rounds, int warm)
    {
        for (var round = -warm; round < rounds; round++)
        {
            // Who goes first alternates, so that what the machine does meanwhile favours nobody.
            IEnumerable<Player> order = [.. _peers, .. _ours];
            foreach (var player in round % 2 == 0 ? order : order.Reverse())
            {
                await player.RunAsync(round);
            }
        }
    }

    /// <summary>What each of them did, for who looks on.</summary>
    public string ToLine() => $"{title}: {string.Join(", ", _peers.Concat(_ours).Select(player => $"{(player.Name.Length == 0 ? "ours" : player.Name)} {player.ToFigure()}"))} {unit}";

    public IEnumerable<Row> ToRows()
    {
        var peers = _peers.Where(peer => peer.Failure is null).OrderBy(peer => goal.AtLeast ? -peer.Middle : peer.Middle).ToList();
        foreach (var ours in _ours)
        {
            var series = new Series(ours.Name.Length == 0 ? title : $"{title}, {ours.Name}", unit, goal);
            if (ours.Failure is not null || peers.Count == 0)
            {
                yield return series.ToFailedRow(ours.Failure ?? _peers[0].Failure!);
                continue;
            }

            foreach (var (mine, theirs) in ours.Figures.Zip(peers[0].Figures))
            {
                series.Add(mine, theirs);
            }

            yield return series.ToRow() with { Against = _peers.Count > 1 ? peers[0].Name : null };
        }
    }
}
