using System.Collections.Frozen;

namespace Iarnet.House.Floors;

/// <summary>The floors of the house, as docs/architecture.md draws them.</summary>
internal static class Floor
{
    /// <summary>Outside the house: what test authors use, and the package that only gathers the others.</summary>
    public const int Outside = -1;

    private static readonly FrozenDictionary<string, int> Table = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["Iarnet.Core"] = 0,
        ["Iarnet.Rpc"] = 0,
        ["Iarnet.Bus"] = 1,
        ["Iarnet.Store"] = 1,
        ["Iarnet.Dag"] = 1,
        ["Iarnet.Discovery"] = 1,
        ["Iarnet.Providers"] = 1,
        ["Iarnet.Scheduling"] = 2,
        ["Iarnet.Components"] = 2,
        ["Iarnet.Hosting"] = 3,
        ["Iarnet.Dataflow"] = 3,
        ["Iarnet.Jobs"] = 3,
        ["Iarnet.Worker"] = 3,
        ["Iarnet.Apps"] = 4,
        ["Iarnet.Dashboard"] = 5,
        ["Iarnet.Cli"] = 5,
        ["Iarnet.Testing"] = Outside,
        ["Iarnet"] = Outside,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What is wrong with a package that references another; null when nothing is.</summary>
    public static string? Judge(string from, string to)
    {
        if (!Table.TryGetValue(from, out var own))
        {
            return $"{from} stands on no floor: give it one in {nameof(Floor)}.cs and in docs/architecture.md.";
        }

        if (!Table.TryGetValue(to, out var other))
        {
            return $"{from} references {to}, which stands on no floor.";
        }

        if (other == Outside)
        {
            return $"{from} references {to}, which stands outside the house: nothing that ships may need it.";
        }

        return own == Outside || other < own
            ? null
            : $"{from} (floor {own}) references {to} (floor {other}): a package may use only those on floors below its own.";
    }

    public static bool IsKnown(string package) => Table.ContainsKey(package);
}
