using System.Diagnostics.CodeAnalysis;
using Iarnet.Bus.Io;
using Iarnet.Bus.Security;
using Iarnet.Bus.Transport;
using Microsoft.Extensions.Logging;

namespace Iarnet.Bus.Connections;

/// <summary>
/// One ZMTP connection from its greeting to its end. Everything happens on the loop of its link; <see cref="Fail"/>,
/// <see cref="Continue"/> and <see cref="CloseAsync"/> come from anywhere.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A connection ends by itself, and disposes of them then.")]
internal sealed partial class ZmtpConnection : LoopWork, ILinkReader
{
    /// <summary>How long a peer that was told the end is given to close.</summary>
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(1);

    private readonly ConnectionHub _hub;
    private readonly ConnectionSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Phase _phase;
    private string? _reason;
    private volatile bool _failed;
    private volatile bool _continue;
    private volatile bool _closeSending;

    public ZmtpConnection(ITransportLink link, ConnectionSettings settings, string endpoint, ConnectionHub hub, TimeProvider time, ILogger logger)
    {
        Link = link;
        _settings = settings;
        _hub = hub;
        _time = time;
        _logger = logger;
        Endpoint = endpoint;
        Mechanism = settings.Security.Create(settings.MetadataBlock);
        _lastReceived = time.GetTimestamp();
    }

    private enum Phase
    {
        New,
        Greeting,
        Handshake,

        /// <summary>An authenticator thinks.</summary>
        Deciding,
        Open,
        Ended,
    }

    public ITransportLink Link { get; }

    public IoLoop Loop => Link.Loop;

    public Mechanism Mechanism { get; }

    /// <summary>Whether what is sent from now on is encrypted.</summary>
    public bool Seals => Mechanism.Seals;

    /// <summary>The endpoint that was bound or connected to.</summary>
    public string Endpoint { get; }

    /// <summary>Who is at the other end, for people.</summary>
    public string Remote => Link.Remote;

    /// <summary>Whether this end connected.</summary>
    public bool IsOutgoing { get; init; }

    /// <summary>Whether the handshake was done.</summary>
    public bool HasJoined { get; private set; }

    /// <summary>As the peer announced it; empty when it did not.</summary>
    public byte[] PeerIdentity { get; private set; } = [];

    /// <summary>What the peer tells of itself beyond what ZMTP needs; null when it tells nothing.</summary>
    public IReadOnlyDictionary<string, string>? PeerMetadata { get; private set; }

    /// <summary>Who the peer proved to be; null with NULL, and on a client.</summary>
    public string? Principal { get; private set; }

    /// <summary>What leaves: set by the owner when the connection joins.</summary>
    public SendQueue? Queue { get; private set; }

    /// <summary>Whatever the owner keeps for the peer, so that it need not look it up for each message.</summary>
    public object? Tag { get; set; }

    /// <summary>Ends when the owner has been told that the connection left, or never joined.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Why it ended.</summary>
    public string Reason => Volatile.Read(ref _reason) ?? "";

    public void Start() => Loop.Post(this);

    /// <summary>Messages of the queue leave through this connection from now on. On the loop.</summary>
    public void Attach(SendQueue queue)
    {
        Queue = queue;
        queue.Attach(this);
        StartHeartbeat();
    }

    /// <summary>Ends the connection soon. The first reason is the one that is reported.</summary>
    public void Fail(string reason)
    {
        Interlocked.CompareExchange(ref _reason, reason, null);
        _failed = true;
        Loop.Post(this);
    }

    /// <summary>The peer may deliver again.</summary>
    public void Continue()
    {
        _continue = true;
        Loop.Post(this);
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
            _closeSending = true;
            Loop.Post(this);
            // A peer that has no room for more does not read our end: everything is in its hands all the same.
            await Ended.WaitAsync(linger < FarewellTime ? linger : FarewellTime, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogLingerOver(Remote, linger);
        }
        finally
        {
            Fail(reason);
        }
    }

    /// <summary>On the loop: whatever was asked for since it ran last.</summary>
    public override void Run()
    {
        if (_phase == Phase.Ended)
        {
            return;
        }

        if (_failed)
        {
            End(Reason);
            return;
        }

        try
        {
            if (_phase == Phase.New)
            {
                Greet();
            }

            if (_decision is not null)
            {
                Decide();
            }

            if (_continue)
            {
                _continue = false;
                Release();
            }

            if (_closeSending)
            {
                Link.CloseSending();
                // What the other end still sends is of no use, but its end must be seen.
                Allowance = Allowance.Unlimited;
                Release();
            }
        }
        catch (Exception e)
        {
            Break(e);
        }
    }

    public void Writable() => Queue?.Writable();

    private void Break(Exception e)
    {
        switch (e)
        {
            case ProtocolException:
                Refuse(e.Message);
                End(e.Message);
                break;
            case LinkBrokenException:
                End($"the connection broke{WhyInHandshake()}: {e.Message}");
                break;
            default:
                // The fault of an owner ends one connection, never the process.
                LogOwnerFailed(e, Remote);
                End($"the reader of the connection failed: {e.Message}");
                break;
        }
    }

    private void End(string reason)
    {
        if (_phase == Phase.Ended)
        {
            return;
        }

        var phase = _phase;
        _phase = Phase.Ended;
        Interlocked.CompareExchange(ref _reason, reason, null);
        reason = Reason;
        StopHandshake();
        StopHeartbeat();
        Link.Close();
        Queue?.Detach(this);
        Mechanism.Dispose();
        DropReceived();
        try
        {
            _hub.Ended(this, phase == Phase.Open, reason);
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
