namespace Iarnet.Rpc;

/// <summary>Names and forms of what gRPC puts in headers and trailers.</summary>
internal static class GrpcHeaders
{
    public const string ContentType = "application/grpc";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Identity = "identity";

    public static bool IsGrpcContentType(string? value) =>
        value is not null
        && value.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (value.Length == ContentType.Length || value[ContentType.Length] is '+' or ';');

    /// <summary>Whether a header belongs to the application and not to the protocol.</summary>
    public static bool IsMetadata(string key) =>
        !key.StartsWith(':')
        && !key.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase)
        && !string.Equals(key, "content-type", StringComparison.OrdinalIgnoreCase)
        && !string.Equals(key, "te", StringComparison.OrdinalIgnoreCase)
        && !string.Equals(key, "host", StringComparison.OrdinalIgnoreCase)
        && !string.Equals(key, "content-length", StringComparison.OrdinalIgnoreCase);

    /// <summary>Adds what arrived under a key; what is not valid metadata is passed over, as gRPC's own libraries do.</summary>
    public static void Read(Metadata metadata, string key, string? value)
    {
        if (value is null || !IsMetadata(key))
        {
            return;
        }

        try
        {
            if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
            {
                metadata.Add(key, value);
                return;
            }

            // Several binary values of one key may arrive joined by commas.
            foreach (var part in value.Split(','))
            {
                metadata.Add(key, FromBase64(part.Trim()));
            }
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return;
        }
    }

    public static string ValueOf(Metadata.Entry entry) =>
        entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes).TrimEnd('=') : entry.Value;

    private static byte[] FromBase64(string text) => Convert.FromBase64String((text.Length % 4) switch
    {
        2 => text + "==",
        3 => text + "=",
        _ => text,
    });
}
