namespace Iarnet.Store.Memory;

/// <summary>What lies in a segment folder: the probe and the segments.</summary>
internal static class SegmentFolderLayout
{
    public const string ProbeFile = "probe";

    private const int LongestName = 64;

    /// <summary>Whether a name that came over the wire can only mean a file directly in the folder.</summary>
    public static bool IsSegmentName(string name) =>
        name.Length is > 0 and <= LongestName && name.EndsWith(".seg", StringComparison.Ordinal) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.')
        && !name.Contains("..", StringComparison.Ordinal);
}
