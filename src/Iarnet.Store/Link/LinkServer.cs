using System.Net.Sockets;
using System.Runtime.Versioning;
using Iarnet.Store.Memory;
using Microsoft.Extensions.Logging;

namespace Iarnet.Store.Link;

/// <summary>Listens in the segment folder for processes of this host.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinkServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ObjectStore _store;
    private readonly ILogger _log;
    private readonly Socket _listener;
    private readonly Lock _lock = new();
    private readonly HashSet<LinkConnection> _connections = [];
    private readonly Task _accepting;
    private bool _closed;

    public LinkServer(ObjectStore store, string folder, ILogger log)
    {
        _store = store;
        _log = log;
        var path = Path.Combine(folder, StoreFolder.Link);
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            _listener.Bind(new UnixDomainSocketEndPoint(path));
            _listener.Listen(512);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        catch (Exception error) when (error is SocketException or IOException or ArgumentException)
        {
            _listener.Dispose();
            throw new IarnetException($"The store cannot listen at '{path}': {error.Message}", error);
        }

        _accepting = AcceptAsync();
    }

    /// <summary>Those who are connected.</summary>
    public IReadOnlyList<LinkConnection> Connections
    {
        get
        {
            lock (_lock)
            {
                return [.. _connections];
            }
        }
    }

    /// <summary>Closes every link; what clients had open is taken back when this returns, but for what waits for longer than ten seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        LinkConnection[] connections;
        lock (_lock)
        {
            _closed = true;
            connections = [.. _connections];
        }

        _listener.Dispose();
        foreach (var connection in connections)
        {
            connection.Dispose();
        }

        try
        {
            await Task.WhenAll([_accepting, .. connections.Select(static c => c.Ended)]).WaitAsync(Patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It ends by itself: the store refuses everything by now.
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync().ConfigureAwait(false);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                if (error is SocketException { SocketErrorCode: SocketError.TooManyOpenSockets })
                {
                    await Task.Delay(Patience / 100, TimeProvider.System).ConfigureAwait(false);
                    continue;
                }

                return;
            }

            socket.SendTimeout = (int)Patience.TotalMilliseconds;
            var connection = new LinkConnection(_store, socket, _log);
            lock (_lock)
            {
                if (_closed || _connections.Count >= _store.Options.MaxLinks)
                {
                    socket.Dispose();
                    _log.LinkRefused(_connections.Count);
                    continue;
                }

                _connections.Add(connection);
            }

            _ = RunAsync(connection);
        }
    }

    private async Task RunAsync(LinkConnection connection)
    {
        await connection.RunAsync().ConfigureAwait(false);
        lock (_lock)
        {
            _connections.Remove(connection);
        }
    }
}
