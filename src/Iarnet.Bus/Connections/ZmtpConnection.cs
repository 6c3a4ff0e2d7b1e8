using Iarnet.Bus.Transport;
using Microsoft.Extensions.Logging;

namespace Iarnet.Bus.Connections;

/// <summary>
/// One ZMTP connection from its greeting to its end. One task runs it; <see cref="Fail"/> and <see cref="CloseAsync"/> come from
/// anywhere. The receive buffer is its own and messages are parsed in place, so that nothing is copied or queued on the way to the owner.
/// </summary>
internal sealed partial class ZmtpConnection
{
    private readonly ITransportLink _link;
    private readonly ConnectionSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _reason;

    public ZmtpConnection(ITransportLink link, ConnectionSettings settings, string endpoint, TimeProvider time, ILogger logger)
    {
        _link = link;
        _settings = settings;
        _time = time;
        _logger = logger;
        Endpoint = endpoint;
        _lastReceived = time.GetTimestamp();
    }

    /// <summary>The endpoint that was bound or connected to.</summary>
    public string Endpoint { get; }

    /// <summary>Who is at the other end, for people.</summary>
    public string Remote => _link.Remote;

    /// <summary>Whether this end connected.</summary>
    public bool IsOutgoing { get; init; }

    /// <summary>As the peer announced it; empty when it did not.</summary>
    public byte[] PeerIdentity { get; private set; } = [];

    /// <summary>What leaves: set by the owner when the connection joins.</summary>
    public SendQueue? Queue { get; private set; }

    /// <summary>Whatever the owner keeps for the peer, so that it need not look it up for each message.</summary>
    public object? Tag { get; set; }

    /// <summary>Ends when the owner has been told that the connection left.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Messages of the queue leave through this connection from now on.</summary>
    public void Attach(SendQueue queue)
    {
        Queue = queue;
        queue.Attach(_link);
        StartHeartbeat();
    }

    /// <summary>Ends the connection at once. The first reason is the one that is reported.</summary>
    public void Fail(string reason)
    {
        Interlocked.CompareExchange(ref _reason, reason, null);
        _link.Abort();
    }

    /// <summary>Sends what waits, tells the other end, gives it time to close, then ends; at the latest when the linger is over.</summary>
    public async Task CloseAsync(string reason, TimeSpan linger)
    {
        Interlocked.CompareExchange(ref _reason, reason, null);
        try
        {
            if (Queue is { } queue)
            {
                await queue.WhenDrained().WaitAsync(linger, _time).ConfigureAwait(false);
                queue.Close();
            }

            // Closing with unread bytes in the kernel resets a TCP connection, and the goodbye would be lost with it.
            _link.CloseSending();
            await Ended.WaitAsync(linger, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogLingerOver(Remote, linger);
        }
        finally
        {
            _link.Abort();
        }
    }

    /// <summary>Runs an established connection to its end.</summary>
    public async Task RunAsync(IConnectionOwner owner)
    {
        var reason = "the peer closed the connection";
        try
        {
            await owner.JoinedAsync(this).ConfigureAwait(false);
            await ReceiveAsync(owner).ConfigureAwait(false);
        }
        catch (ProtocolException e)
        {
            reason = e.Message;
        }
        catch (ObjectDisposedException)
        {
            // Without a reason of ours, it was the sender that met the end first.
            reason = "the connection broke while something was sent";
        }
        catch (System.Net.Sockets.SocketException e)
        {
            reason = $"the connection broke: {e.Message}";
        }
        catch (Exception e)
        {
            // The fault of an owner ends one connection, never the process.
            LogOwnerFailed(e, Remote);
            reason = $"the reader of the connection failed: {e.Message}";
        }

        StopHeartbeat();
        _link.Abort();
        Queue?.Detach(_link);
        try
        {
            await owner.LeftAsync(this, Volatile.Read(ref _reason) ?? reason).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogOwnerFailed(e, Remote);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    [LoggerMessage(1, LogLevel.Error, "What reads from {Remote} threw; the connection ends")]
    private partial void LogOwnerFailed(Exception exception, string remote);

    [LoggerMessage(2, LogLevel.Debug, "{Remote} took longer than {Linger} to take the last messages; the connection ends")]
    private partial void LogLingerOver(string remote, TimeSpan linger);
}
