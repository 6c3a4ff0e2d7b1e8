namespace Iarnet.Store.Streams;

/// <summary>The text with which a writer fails.</summary>
internal static class StreamErrors
{
    public const int Longest = 4096;

    /// <summary>As much of a text as travels.</summary>
    public static string Cut(string error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.Length <= Longest ? error : error[..Longest];
    }
}
