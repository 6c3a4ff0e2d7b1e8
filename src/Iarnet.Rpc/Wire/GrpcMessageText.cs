namespace Iarnet.Rpc;

/// <summary>The header "grpc-message": UTF-8, percent-encoded.</summary>
internal static class GrpcMessageText
{
    /// <summary>A longer text is cut: headers have limits of their own, and an error must not fail for its length.</summary>
    private const int MaxLength = 4096;

    public static string Encode(string text) => Uri.EscapeDataString(Cut(text));

    public static string Decode(string encoded) => Uri.UnescapeDataString(encoded);

    private static string Cut(string text)
    {
        if (text.Length <= MaxLength)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength;
        return text[..end] + "...";
    }
}
