using System.Diagnostics.CodeAnalysis;

namespace Iarnet.Store;

/// <summary>The names that callers choose, with their limits.</summary>
internal static class StoreNames
{
    public const int LongestCodec = 64;
    public const int LongestOwner = 128;

    public static void CheckCodec([NotNull] string? codec) => Check(codec, LongestCodec, "codec");

    public static void CheckOwner([NotNull] string? owner) => Check(owner, LongestOwner, "owner");

    private static void Check([NotNull] string? name, int longest, string what)
    {
        if (string.IsNullOrEmpty(name) || name.Length > longest)
        {
            throw new ArgumentException($"The name of the {what} has {name?.Length ?? 0} characters: expected 1 to {longest}.", what);
        }
    }
}
