using Iarnet.LoadBench.Harness;

namespace Iarnet.LoadBench.Store;

/// <summary>Who takes part in a contest, and its figures.</summary>
internal sealed class Player(string name, Measure measure)
{
    private readonly List<double> _figures = [];

    public string Name => name;

    public Measure Measure => measure;

    public IReadOnlyList<double> Figures => _figures;

    public double Middle => Series.Median(_figures);

    /// <summary>Why it has no figures: who failed once does not run again.</summary>
    public string? Failure { get; private set; }

    public string ToFigure() => Failure is null ? Report.Figure(Middle) : "failed";

    public async Task RunAsync(int round)
    {
        if (Failure is not null)
        {
            return;
        }

        try
        {
            var figure = await measure();
            if (round >= 0)
            {
                _figures.Add(figure);
            }
        }
        catch (Exception error)
        {
            Failure = round < 0 ? error.Message : $"{error.Message} (round {round + 1})";
        }
    }
}
