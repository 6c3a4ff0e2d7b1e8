using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Iarnet.Store.Transfer;

/// <summary>Where a transfer server listens: <c>tcp://host:port</c> or <c>unix:///path</c>.</summary>
internal sealed record TransferEndpoint
{
    private const string Tcp = "tcp://";
    private const string Unix = "unix://";

    private TransferEndpoint()
    {
    }

    public string Host { get; private init; } = "";

    public int Port { get; private init; }

    /// <summary>The file of a Unix socket; empty for TCP.</summary>
    public string Path { get; private init; } = "";

    public bool IsUnix => Path.Length > 0;

    /// <summary>Means another process, or none, when it is read on another machine.</summary>
    public bool IsLocal => IsUnix || string.Equals(Host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    public static TransferEndpoint Parse(string text) => TryParse(text, out var endpoint)
        ? endpoint
        : throw new ArgumentException($"'{text}' is no endpoint of a transfer server: expected tcp://host:port or unix:///path.");

    public static bool TryParse(string? text, [NotNullWhen(true)] out TransferEndpoint? endpoint)
    {
        endpoint = null;
        if (text is null || text.Length > TransferLimits.EndpointCharacters)
        {
            return false;
        }

        if (text.StartsWith(Unix, StringComparison.Ordinal))
        {
            var path = text[Unix.Length..];
            endpoint = path.StartsWith('/') && !path.Contains('\0', StringComparison.Ordinal) ? new TransferEndpoint { Path = path } : null;
        }
        else if (text.StartsWith(Tcp, StringComparison.Ordinal) && text.LastIndexOf(':') is var colon && colon > Tcp.Length)
        {
            var host = text[Tcp.Length..colon].Trim('[', ']');
            endpoint = host.Length > 0 && Uri.CheckHostName(host) != UriHostNameType.Unknown && ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                ? new TransferEndpoint { Host = host, Port = port }
                : null;
        }

        return endpoint is not null;
    }

    /// <summary>What to bind or connect to; resolves a host name.</summary>
    public async ValueTask<EndPoint> ResolveAsync(CancellationToken cancellationToken)
    {
        if (IsUnix)
        {
            return new UnixDomainSocketEndPoint(Path);
        }

        if (IPAddress.TryParse(Host, out var address))
        {
            return new IPEndPoint(address, Port);
        }

        var found = await Dns.GetHostAddressesAsync(Host, cancellationToken).ConfigureAwait(false);
        return found.Length > 0
            ? new IPEndPoint(found[0], Port)
            : throw new SocketException((int)SocketError.HostNotFound, $"The host '{Host}' has no address.");
    }

    public Socket NewSocket(EndPoint address) => IsUnix
        ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        : new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public TransferEndpoint WithPort(int port) => this with { Port = port };

    public override string ToString() => IsUnix ? Unix + Path
        : Host.Contains(':', StringComparison.Ordinal) ? $"{Tcp}[{Host}]:{Port}" : $"{Tcp}{Host}:{Port}";
}
