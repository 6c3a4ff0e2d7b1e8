using System.Globalization;

namespace Iarnet.Store.Disk;

/// <summary>The name of a segment file: its number and its salt. The ending is the version of the format: another's files are not touched.</summary>
internal static class SegmentName
{
    public const string Ending = ".iseg1";

    /// <summary>Nothing of it could be read: kept for whoever wants to look, not counted, not used.</summary>
    public const string DamagedEnding = ".damaged";

    public static string Of(int number, ulong salt) => string.Create(CultureInfo.InvariantCulture, $"{number:x8}-{salt:x16}{Ending}");

    public static bool TryParse(ReadOnlySpan<char> name, out int number, out ulong salt)
    {
        number = 0;
        salt = 0;
        return name.Length == 8 + 1 + 16 + Ending.Length && name[8] == '-' && name.EndsWith(Ending, StringComparison.Ordinal)
            && int.TryParse(name[..8], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number) && number > 0
            && ulong.TryParse(name.Slice(9, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out salt);
    }
}
