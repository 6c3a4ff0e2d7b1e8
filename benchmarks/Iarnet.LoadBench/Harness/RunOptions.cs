namespace Iarnet.LoadBench.Harness;

/// <summary>How a benchmark is run.</summary>
/// <param name="Short">Seconds only: shows that it works, measures nothing.</param>
/// <param name="Only">Only workloads whose name contains this, where a benchmark can tell them apart; null for all.</param>
/// <param name="Self">The peer in our place, where a benchmark can do that: how far its ratios are from 1 is the noise of the machine.</param>
internal sealed record RunOptions(bool Short, string? Only, bool Self)
{
    /// <summary>Part of a benchmark, or of something else, is not the benchmark.</summary>
    public bool IsWhole => Only is null && !Self;

    public static RunOptions Parse(string[] arguments) => new(arguments.Contains("--short"), Value(arguments, "--only"), arguments.Contains("--self"));

    public static string? Value(string[] arguments, string name)
    {
        var index = Array.IndexOf(arguments, name);
        return index >= 0 && index + 1 < arguments.Length ? arguments[index + 1] : null;
    }
}
