using System.Net;
using System.Net.Sockets;

namespace Iarnet.Store.Tests.Transfer;

/// <summary>Stands between a fetcher and a server, and does to what the server sends what a test wants.</summary>
internal sealed class Proxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _closing = new();
    private readonly List<Socket> _sockets = [];
    private readonly Task _accepting;
    private long _passed;

    public Proxy(string target)
    {
        _target = IPEndPoint.Parse(target["tcp://".Length..]);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(16);
        _accepting = AcceptAsync();
    }

    public string Endpoint => $"tcp://{_listener.LocalEndPoint}";

    /// <summary>Sees each piece of the answers and where it stands in all that passed; false: neither it nor anything after it is passed on.</summary>
    public Func<long, Memory<byte>, bool> OnAnswer { get; set; } = (_, _) => true;

    /// <summary>Ends all connections.</summary>
    public void Cut()
    {
        lock (_sockets)
        {
            _sockets.ForEach(s => s.Dispose());
            _sockets.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        Cut();
        await _accepting.Within();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var reader = await _listener.AcceptAsync(_closing.Token);
                var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await server.ConnectAsync(_target, _closing.Token);
                lock (_sockets)
                {
                    _sockets.Add(reader);
                    _sockets.Add(server);
                }

                _ = PassAsync(reader, server, answers: false);
                _ = PassAsync(server, reader, answers: true);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassAsync(Socket from, Socket to, bool answers)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var got)
            {
                var piece = buffer.AsMemory(0, got);
                if (answers && !OnAnswer(Interlocked.Add(ref _passed, got) - got, piece))
                {
                    return;
                }

                await to.SendAsync(piece);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One end left.
            from.Dispose();
            to.Dispose();
        }
    }
}
