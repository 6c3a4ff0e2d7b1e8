using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Iarnet.Store.Tests.Service;

/// <summary>A way to a Unix socket that breaks when it is told to, as a cable does: neither end says good-bye.</summary>
internal sealed class CuttableConnection : IAsyncDisposable
{
    private readonly string _target;
    private readonly string _folder = Directory.CreateTempSubdirectory("iarnet-cut-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly Task _accepting;

    public CuttableConnection(string address)
    {
        _target = address["unix://".Length..];
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder, "s")));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public string Address => "unix://" + Path.Combine(_folder, "s");

    public void Cut()
    {
        _listener.Dispose();
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await _accepting.Within();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptAsync();
                var far = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                _sockets.Add(near);
                _sockets.Add(far);
                await far.ConnectAsync(new UnixDomainSocketEndPoint(_target));
                _ = PumpAsync(near, far);
                _ = PumpAsync(far, near);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        try
        {
            await using var source = new NetworkStream(from);
            await using var target = new NetworkStream(to);
            await source.CopyToAsync(target);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }
}
