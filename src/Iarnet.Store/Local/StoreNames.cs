using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Iarnet.Store;

/// <summary>The names that callers choose, with their limits.</summary>
internal static class StoreNames
{
    public const int LongestCodec = 64;
    public const int LongestOwner = 128;
    public const int MostMetadata = 64;
    public const int MostMetadataBytes = 4096;

    public static void CheckCodec([NotNull] string? codec) => Check(codec, LongestCodec, "codec");

    public static void CheckOwner([NotNull] string? owner) => Check(owner, LongestOwner, "owner");

    public static void CheckMetadata(IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null)
        {
            return;
        }

        var bytes = metadata.Sum(static pair => (long)Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value));
        if (metadata.Count > MostMetadata || bytes > MostMetadataBytes)
        {
            throw new ArgumentException($"The metadata has {metadata.Count} words of {bytes} bytes: expected at most {MostMetadata} of {MostMetadataBytes} bytes together.", nameof(metadata));
        }
    }

    private static void Check([NotNull] string? name, int longest, string what)
    {
        if (string.IsNullOrEmpty(name) || name.Length > longest)
        {
            throw new ArgumentException($"The name of the {what} has {name?.Length ?? 0} characters: expected 1 to {longest}.", what);
        }
    }
}
