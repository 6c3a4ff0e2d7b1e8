using System.Net;
using System.Net.Sockets;

namespace Iarnet.Bus.Tests.Peers;

/// <summary>Stands between two ends on TCP and cuts their connections when the test says so.</summary>
internal sealed class CuttableProxy : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _target;
    private readonly Lock _lock = new();
    private readonly List<Socket> _open = [];
    private int _connections;

    public CuttableProxy(string target)
    {
        _target = new IPEndPoint(IPAddress.Loopback, int.Parse(target[(target.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Endpoint = $"tcp://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}";
        _ = AcceptAsync();
    }

    public string Endpoint { get; }

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>While true, new connections are closed at once.</summary>
    public volatile bool Closed;

    public void Cut()
    {
        lock (_lock)
        {
            foreach (var socket in _open)
            {
                // Reset, not a polite end: what is in flight is lost.
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
            }

            _open.Clear();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        Cut();
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is var read and > 0)
            {
                await to.SendAsync(buffer.AsMemory(0, read));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptAsync();
                if (Closed)
                {
                    near.Dispose();
                    continue;
                }

                var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await far.ConnectAsync(_target);
                lock (_lock)
                {
                    _open.Add(near);
                    _open.Add(far);
                }

                Interlocked.Increment(ref _connections);
                _ = PumpAsync(near, far);
                _ = PumpAsync(far, near);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
