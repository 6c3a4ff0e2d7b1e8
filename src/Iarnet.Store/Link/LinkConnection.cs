using System.Net.Sockets;
using System.Runtime.Versioning;
using Iarnet.Objects;
using Microsoft.Extensions.Logging;

namespace Iarnet.Store.Link;

/// <summary>The store's end of one link: what a process has open, and taking it back when the process is gone.</summary>
[SupportedOSPlatform("linux")]
internal sealed partial class LinkConnection : IDisposable
{
    // Calls that wait for memory or for an object; more than this and the link is not read until some are answered.
    private const int MostWaiting = 1024;

    private readonly ObjectStore _store;
    private readonly FrameSocket _frames;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, ObjectLease> _leases = [];
    private readonly Dictionary<ObjectId, UnfinishedObject> _unfinished = [];
    private readonly SemaphoreSlim _waiting = new(MostWaiting);
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Session? _session;
    private ulong _lastLease;
    private bool _ownerEnds;
    private bool _over;

    public LinkConnection(ObjectStore store, Socket socket, ILogger log)
    {
        _store = store;
        _frames = new FrameSocket(socket);
        _log = log;
    }

    /// <summary>Under which name the process works; empty before it said so.</summary>
    public string Owner { get; private set; } = "";

    public int ProcessId { get; private set; }

    /// <summary>Completes when everything was taken back.</summary>
    public Task Ended => _ended.Task;

    /// <summary>What the process reads now.</summary>
    public (long Leases, long Bytes) Reading()
    {
        (long Count, long Bytes) sum;
        lock (_lock)
        {
            sum = (_leases.Count, _leases.Values.Sum(static l => (long)l.Size));
        }

        foreach (var (record, _) in _session?.Held() ?? [])
        {
            sum = (sum.Count + 1, sum.Bytes + _store.SizeOf(record));
        }

        return sum;
    }

    /// <summary>Ends the link from this side; <see cref="Ended"/> says when everything was taken back.</summary>
    public void Dispose()
    {
        // The source of cancellation has no timer and the semaphore no handle: what still runs may use them.
        _closing.Cancel();
        _frames.Dispose();
    }

    /// <summary>Answers until the other end closes or breaks the rules; then takes back what it had open.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var frame = await _frames.ReceiveAsync().ConfigureAwait(false);
                if (frame.IsEmpty)
                {
                    break;
                }

                await HandleAsync(frame).ConfigureAwait(false);
                if (!_frames.HasFrame)
                {
                    _session?.DrainAndSleep();
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Gone, as every client is sooner or later.
        }
        catch (Exception error)
        {
            // Whatever it was that the client sent: it ends with its link.
            _log.LinkBroken(error, Owner);
            TrySendError(0, error);
        }

        TakeBack();
    }

    private void TakeBack()
    {
        ObjectLease[] leases;
        UnfinishedObject[] unfinished;
        lock (_lock)
        {
            _over = true;
            leases = [.. _leases.Values];
            unfinished = [.. _unfinished.Values];
            _leases.Clear();
            _unfinished.Clear();
        }

        Dispose();
        if (_session is { } session)
        {
            _store.EndSession(session);
        }

        foreach (var lease in leases)
        {
            lease.Dispose();
        }

        foreach (var item in unfinished)
        {
            item.Dispose();
        }

        if (_ownerEnds)
        {
            _store.ReleaseOwner(Owner);
        }

        _ended.TrySetResult();
    }

    private void Send(in FrameWriter frame)
    {
        using (frame)
        {
            try
            {
                _frames.Send(frame);
            }
            catch (SocketException)
            {
                // Half of the frame may be on its way, and whoever reads nothing would hold up each further answer for as long.
                Dispose();
                throw;
            }
        }
    }

    private void TrySendError(uint call, Exception error)
    {
        var frame = new FrameWriter(FrameKind.Error, call);
        frame.U16(LinkError.CodeOf(error));
        frame.Text(error.Message);
        try
        {
            Send(frame);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // Nobody is there to be told.
        }
    }
}
