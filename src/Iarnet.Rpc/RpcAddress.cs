namespace Iarnet.Rpc;

/// <summary>An address of a channel or a server: "http://host:port", "https://host:port" or "unix:///path".</summary>
internal sealed record RpcAddress(Uri Uri, string? SocketPath)
{
    public bool IsTls => Uri.Scheme == Uri.UriSchemeHttps;

    /// <summary>The form in which Kestrel shows an address, turned into ours.</summary>
    public static string FromKestrel(string bound)
    {
        const string KestrelUnix = "http://unix:";
        return bound.StartsWith(KestrelUnix, StringComparison.Ordinal) ? "unix://" + bound[KestrelUnix.Length..] : bound;
    }

    public static RpcAddress Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        const string Unix = "unix:";
        if (text.StartsWith(Unix, StringComparison.OrdinalIgnoreCase))
        {
            var path = text[Unix.Length..];
            path = path.StartsWith("//", StringComparison.Ordinal) ? path[2..] : path;
            return Path.IsPathRooted(path)
                ? new RpcAddress(new Uri("http://localhost"), path)
                : throw new ArgumentException($"'{text}' does not name a socket by its full path: expected \"unix:///run/app/rpc\".", nameof(text));
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            ? new RpcAddress(uri, null)
            : throw new ArgumentException($"'{text}' is not an address: expected \"http://host:port\", \"https://host:port\" or \"unix:///path\".", nameof(text));
    }
}
