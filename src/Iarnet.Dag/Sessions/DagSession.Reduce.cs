namespace Iarnet;

public sealed partial class DagSession
{
    /// <summary>
    /// Merges values in a tree, in their order: neighbours are merged with neighbours, so an associative function gives what a
    /// fold from left to right gives. The same parts always make the same tree.
    /// </summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="parts">At least one. A single one is returned as it is.</param>
    /// <param name="merge">Merges two neighbours, the left one first.</param>
    /// <param name="fanIn">How many neighbours make one of the next level, by calls in a row; at least 2, the default.</param>
    /// <exception cref="ArgumentException">There are no parts.</exception>
    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<T> Reduce<T>(IEnumerable<DataRef<T>> parts, Func<T, T, T> merge, int fanIn = 2) =>
        ReduceLevels(parts, fanIn, group =>
        {
            var merged = group[0];
            for (var i = 1; i < group.Count; i++)
            {
                merged = Call(merge, merged, group[i]);
            }

            return merged;
        });

    /// <summary>As the other, but one call merges up to <paramref name="fanIn"/> neighbours.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="parts">At least one. A single one is returned as it is.</param>
    /// <param name="merge">Merges any number of neighbours from 2 to <paramref name="fanIn"/>.</param>
    /// <param name="fanIn">How many neighbours a call merges; at least 2, by default 8.</param>
    /// <exception cref="ArgumentException">There are no parts.</exception>
    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<T> Reduce<T>(IEnumerable<DataRef<T>> parts, Func<T[], T> merge, int fanIn = 8) =>
        ReduceLevels(parts, fanIn, group => CallAll(merge, group));

    private static DataRef<T> ReduceLevels<T>(IEnumerable<DataRef<T>> parts, int fanIn, Func<IReadOnlyList<DataRef<T>>, DataRef<T>> merge)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentOutOfRangeException.ThrowIfLessThan(fanIn, 2);
        var level = parts.ToList();
        if (level.Count == 0)
        {
            throw new ArgumentException("There is nothing to reduce: expected at least one part.", nameof(parts));
        }

        while (level.Count > 1)
        {
            level = [.. level.Chunk(fanIn).Select(group => group.Length == 1 ? group[0] : merge(group))];
        }

        return level[0];
    }
}
