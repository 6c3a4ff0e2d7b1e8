using System.Globalization;

namespace Iarnet.House.Wire;

/// <summary>Compares what was promised on the wire with what the files promise now.</summary>
internal static class WireLedger
{
    public static string Write(IEnumerable<WirePromise> promises) =>
        "# What proto/ promises on the wire, written by eng/api.sh. A line that goes or changes breaks peers that were built before.\n"
        + string.Concat(promises
            .OrderBy(promise => promise.Owner, StringComparer.Ordinal)
            .ThenBy(promise => promise.Kind, StringComparer.Ordinal)
            .ThenBy(promise => long.TryParse(promise.Key, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue)
            .ThenBy(promise => promise.Key, StringComparer.Ordinal)
            .Select(promise => $"{promise}\n"));

    public static IReadOnlyList<WirePromise> Read(string text) =>
        [.. text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(WirePromise.Parse)];

    /// <summary>What a peer that was built with the first set would stumble over in the second.</summary>
    public static IEnumerable<string> Breaks(IReadOnlyList<WirePromise> before, IReadOnlyList<WirePromise> after)
    {
        foreach (var old in before)
        {
            var now = after.FirstOrDefault(promise => (promise.Kind, promise.Owner, promise.Key) == (old.Kind, old.Owner, old.Key));
            if (now is not null && now.Value != old.Value)
            {
                yield return $"{old.Kind} {old.Key} of {old.Owner} was '{old.Value}' and is '{now.Value}': what peers send under it would be misread";
            }
            else if (now is null && Renumbered(old, after) is { } moved)
            {
                yield return $"{old.Kind} '{old.Value}' of {old.Owner} had number {old.Key} and has {moved.Key}: old peers send the old number";
            }
            else if (now is null && !IsReserved(old, after))
            {
                yield return $"{old.Kind} {old.Owner} {old.Key} {old.Value}".TrimEnd() + " is gone" + (old.Kind is "field" or "value" ? $": write 'reserved {old.Key};' in its place" : "");
            }
        }
    }

    private static WirePromise? Renumbered(WirePromise old, IReadOnlyList<WirePromise> after) => old.Kind is "field" or "value"
        ? after.FirstOrDefault(promise => (promise.Kind, promise.Owner, promise.Value) == (old.Kind, old.Owner, old.Value))
        : null;

    private static bool IsReserved(WirePromise old, IReadOnlyList<WirePromise> after) =>
        old.Kind is "field" or "value" && after.Any(promise => promise.Kind == "reserved" && promise.Owner == old.Owner && Covers(promise.Key, old.Key));

    private static bool Covers(string reserved, string key)
    {
        if (!long.TryParse(key, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        var ends = reserved.Split(" to ", 2);
        return long.TryParse(ends[0], CultureInfo.InvariantCulture, out var first)
            && first <= number
            && (ends.Length == 1 ? first == number : ends[1] == "max" || number <= long.Parse(ends[1], CultureInfo.InvariantCulture));
    }
}
