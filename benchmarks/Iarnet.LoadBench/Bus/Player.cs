using System.Globalization;

namespace Iarnet.LoadBench.Bus;

/// <summary>A program that plays the roles of the benchmark; zmqbench.c says what they are and what is said between them.</summary>
/// <param name="Name">Its name, for errors.</param>
/// <param name="File">The program.</param>
/// <param name="Prefix">Arguments before those of the role.</param>
internal sealed record Player(string Name, string File, params string[] Prefix)
{
    public IReadOnlyList<string> Arguments(string role, string endpoint, Workload workload) =>
    [
        .. Prefix,
        role,
        endpoint,
        workload.Size.ToString(CultureInfo.InvariantCulture),
        workload.Count.ToString(CultureInfo.InvariantCulture),
        workload.Width.ToString(CultureInfo.InvariantCulture),
        workload.Curve ? "1" : "0",
    ];
}
