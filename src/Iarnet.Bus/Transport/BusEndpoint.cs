using System.Globalization;
using System.Security.Cryptography;

namespace Iarnet.Bus.Transport;

/// <summary>A parsed endpoint: <c>tcp://host:port</c>, <c>ipc:///path</c>, <c>ipc://@name</c>, <c>ipc://*</c>, <c>inproc://name</c>.</summary>
internal sealed record BusEndpoint
{
    private const string Tcp = "tcp://";
    private const string Ipc = "ipc://";
    private const string InProcess = "inproc://";

    private BusEndpoint()
    {
    }

    public bool IsTcp { get; private init; }

    public bool IsInProcess { get; private init; }

    /// <summary>Name or address; <c>*</c> is every address.</summary>
    public string Host { get; private init; } = "";

    public int Port { get; private init; }

    /// <summary>The file of a Unix socket; for an abstract one its name behind a zero character, as the kernel has it.</summary>
    public string Path { get; private init; } = "";

    public bool IsAbstract => Path.StartsWith('\0');

    public static BusEndpoint Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        if (text.StartsWith(Ipc, StringComparison.Ordinal))
        {
            return ParseIpc(text, text[Ipc.Length..]);
        }

        if (text.StartsWith(InProcess, StringComparison.Ordinal))
        {
            return text.Length > InProcess.Length ? new BusEndpoint { IsInProcess = true, Host = text[InProcess.Length..] } : throw Malformed(text, "a name");
        }

        if (!text.StartsWith(Tcp, StringComparison.Ordinal))
        {
            throw Malformed(text, "a transport that this bus speaks");
        }

        var colon = text.LastIndexOf(':');
        var port = text[(colon + 1)..];
        var host = colon < Tcp.Length ? "" : text[Tcp.Length..colon].Trim('[', ']');
        if (host.Length == 0)
        {
            throw Malformed(text, "a host and a port");
        }

        // libzmq writes the wildcard port as '*'; both spellings are met in the wild.
        if (port == "*")
        {
            port = "0";
        }

        return ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new BusEndpoint { IsTcp = true, Host = host, Port = number }
            : throw Malformed(text, "a port from 0 to 65535");
    }

    public override string ToString()
    {
        if (IsInProcess)
        {
            return InProcess + Host;
        }

        if (!IsTcp)
        {
            return IsAbstract ? $"{Ipc}@{Path[1..]}" : Ipc + Path;
        }

        return Host.Contains(':', StringComparison.Ordinal) ? $"{Tcp}[{Host}]:{Port}" : $"{Tcp}{Host}:{Port}";
    }

    private static BusEndpoint ParseIpc(string text, string path)
    {
        if (path.Length == 0)
        {
            throw Malformed(text, "a path");
        }

        if (path == "*")
        {
            // Random, not counted: two processes of one user must not meet in one name.
            var name = $"iarnet-bus-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
            return new BusEndpoint { Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), name) };
        }

        if (path[0] != '@')
        {
            return new BusEndpoint { Path = System.IO.Path.GetFullPath(path) };
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException($"'{text}' names an abstract Unix socket, which only Linux has: give a path instead, as ipc:///tmp/name.");
        }

        return path.Length > 1 ? new BusEndpoint { Path = "\0" + path[1..] } : throw Malformed(text, "a name behind the @");
    }

    private static ArgumentException Malformed(string text, string expected) =>
        new($"'{text}' is no endpoint: expected {expected}, in one of the forms tcp://host:port, ipc:///path, ipc://@name, ipc://*, inproc://name.");
}
