using System.Net.Sockets;

namespace Iarnet.Rpc;

/// <summary>The file of a Unix socket, which outlives a server that was killed.</summary>
internal static class SocketFile
{
    /// <summary>Removes a socket that nobody listens on; binding over it would fail.</summary>
    public static async Task ClearAsync(string path, CancellationToken cancellationToken)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return;
        }

        if (file.Length > 0)
        {
            throw new IOException($"'{path}' is a file with {file.Length} bytes, not a socket: it is not replaced. Choose another path for the server.");
        }

        if (await IsAliveAsync(path, cancellationToken).ConfigureAwait(false))
        {
            throw new IOException($"Another server listens on '{path}'. Stop it, or choose another path.");
        }

        File.Delete(path);
    }

    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static async Task<bool> IsAliveAsync(string path, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
