using Iarnet.Bus.Transport;

namespace Iarnet.Bus.Connections;

internal sealed partial class SendQueue
{
    /// <summary>Calls of the kernel that the loop makes for one peer before others have their turn.</summary>
    private const int PassesPerTurn = 8;

    /// <summary>
    /// A thread that sends again so soon after it came back from the kernel sends a stream: the loop sends for it from then on, and
    /// what gathers meanwhile leaves in one call. A single message and its answer take longer than this.
    /// </summary>
    private static readonly long StreamPause = TimeProvider.System.TimestampFrequency * 2 / 1_000_000;

    /// <summary>Bytes that go into one call of the kernel: the rate of small messages grows up to about 64 KiB, then stays.</summary>
    private const int GatheredBytes = 128 * 1024;

    private readonly ReadOnlyMemory<byte>[] _parts = new ReadOnlyMemory<byte>[ITransportLink.MostParts];
    private volatile FlushState _state;
    private int _partCount;
    private ZmtpConnection? _connection;
    private ZmtpConnection? _current;
    private SealedOutput? _sealed;
    private TaskCompletionSource? _drained;
    private long _directEnd;

    private enum FlushState
    {
        /// <summary>Nobody sends.</summary>
        Idle,

        /// <summary>The loop will.</summary>
        Posted,

        /// <summary>A thread is about to call the kernel, or in it.</summary>
        Running,

        /// <summary>The kernel takes nothing; the loop waits until it does.</summary>
        Parked,
    }

    /// <summary>Messages leave through this connection from now on, beginning with the one that the last connection cut off.</summary>
    public void Attach(ZmtpConnection connection)
    {
        lock (_lock)
        {
            _connection = connection;
            if (_state == FlushState.Parked)
            {
                _state = FlushState.Idle;
            }

            if (_state == FlushState.Idle)
            {
                Switch();
            }
        }

        Flush();
    }

    /// <summary>The connection is lost. Messages gather until the next one.</summary>
    public void Detach(ZmtpConnection connection)
    {
        TaskCompletionSource? drained = null;
        lock (_lock)
        {
            if (_connection == connection)
            {
                _connection = null;
                drained = TakeDrained();
            }

            if (_state == FlushState.Parked && _current == connection)
            {
                _state = FlushState.Idle;
                Switch();
            }
        }

        drained?.TrySetResult();
        Flush();
    }

    /// <summary>
    /// Sees to it that what waits leaves: at once on this thread, at the end of the present turn when this is the loop, or by the
    /// loop when this thread sends a stream. Never blocks.
    /// </summary>
    public void Flush()
    {
        // Without the lock: whoever sends looks again, under the lock, after our message was appended under it.
        if (_state != FlushState.Idle)
        {
            return;
        }

        ZmtpConnection connection;
        bool isLoop;
        bool isDirect;
        lock (_lock)
        {
            if (_state != FlushState.Idle || _connection is null || _chunks.Count == 0)
            {
                return;
            }

            connection = _connection;
            isLoop = connection.Loop.IsCurrent;
            isDirect = !isLoop && !IsStream();
            _state = isDirect ? FlushState.Running : FlushState.Posted;
        }

        if (isDirect)
        {
            SendDirectly(connection);
        }
        else if (isLoop)
        {
            connection.Loop.Defer(this);
        }
        else
        {
            connection.Loop.Post(this);
        }
    }

    /// <summary>On the loop: sends what the kernel takes.</summary>
    public override void Run() => Continue(FlushState.Posted);

    /// <summary>On the loop: the kernel takes bytes again.</summary>
    public void Writable() => Continue(FlushState.Parked);

    /// <summary>Ends when nothing waits, or nothing will ever leave.</summary>
    public Task WhenDrained()
    {
        lock (_lock)
        {
            if (_closed || _connection is null || (_state == FlushState.Idle && _chunks.Count == 0))
            {
                return Task.CompletedTask;
            }

            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    private bool IsStream() => TimeProvider.System.GetTimestamp() - _directEnd < StreamPause;

    private void SendDirectly(ZmtpConnection connection)
    {
        if (Next(0, out var link) && Send(link!, out var sent))
        {
            if (sent != ITransportLink.Nothing && !Next(sent, out _))
            {
                _directEnd = TimeProvider.System.GetTimestamp();
                return;
            }

            Hand(connection);
        }
    }

    /// <summary>What is left is the loop's.</summary>
    private void Hand(ZmtpConnection connection)
    {
        lock (_lock)
        {
            _state = FlushState.Posted;
            connection = _current ?? connection;
        }

        connection.Loop.Post(this);
    }

    private void Continue(FlushState expected)
    {
        lock (_lock)
        {
            if (_state != expected)
            {
                return;
            }

            _state = FlushState.Running;
        }

        var sent = 0;
        for (var pass = 0; Next(sent, out var link); pass++)
        {
            if (pass == PassesPerTurn || !link!.Loop.IsCurrent)
            {
                Hand(_current!);
                return;
            }

            if (!Send(link, out sent))
            {
                return;
            }

            if (sent == ITransportLink.Nothing)
            {
                Park(link);
                return;
            }
        }
    }

    private void Park(ITransportLink link)
    {
        lock (_lock)
        {
            if (_connection == _current)
            {
                _state = FlushState.Parked;
            }
            else
            {
                // Another connection was attached, or none is, since the kernel refused.
                _state = FlushState.Idle;
                Switch();
                link = null!;
            }
        }

        if (link is null)
        {
            Flush();
        }
        else
        {
            link.WaitWritable();
        }
    }

    /// <summary>False: the connection is broken, and this thread does not send any more.</summary>
    private bool Send(ITransportLink link, out int sent)
    {
        try
        {
            sent = link.TrySend(_parts.AsSpan(0, _partCount));
            return true;
        }
        catch (LinkBrokenException)
        {
            sent = 0;
            Break();
            return false;
        }
    }

    /// <summary>Counts what left and takes the next piece; false when there is none, and nobody sends any more.</summary>
    private bool Next(int sent, out ITransportLink? link)
    {
        TaskCompletionSource? waiters = null;
        TaskCompletionSource? drained = null;
        var room = false;
        bool more;
        lock (_lock)
        {
            CountSent(sent);
            if (_connection != _current)
            {
                Switch();
            }

            link = _current?.Link;
            more = link is not null && Gather();
            if (!more)
            {
                _state = FlushState.Idle;
                drained = TakeDrained();
            }

            // Half empty, not one free place: a sender that is woken for one message pays the switch for each.
            if (_refused && _messages <= _maxMessages / 2 && (_messages == 0 || _bytes <= _maxBytes / 2))
            {
                _refused = false;
                room = true;
                waiters = _pulse.Take();
            }
        }

        drained?.TrySetResult();
        waiters?.TrySetResult();
        if (room)
        {
            _room?.Invoke();
        }

        return more;
    }

    /// <summary>The connection refused bytes: its reader may learn the same later, or never.</summary>
    private void Break()
    {
        ZmtpConnection? broken;
        TaskCompletionSource? drained;
        lock (_lock)
        {
            _state = FlushState.Idle;
            broken = _current;
            drained = TakeDrained();
            if (_connection == broken)
            {
                _connection = null;
            }

            Switch();
        }

        drained?.TrySetResult();
        broken?.Fail("the connection broke while something was sent");
        // Another connection may have been attached while the broken one was in the kernel.
        Flush();
    }

    /// <summary>Goes on with the connection that is attached now; what the last one cut off is sent whole.</summary>
    private void Switch()
    {
        _current = _connection;
        if (_chunks.TryPeek(out var head))
        {
            head.Rewind();
        }

        _sealed?.Dispose();
        _sealed = _current is { Seals: true } connection ? new SealedOutput(connection.Mechanism) : null;
    }

    private bool Gather()
    {
        _partCount = 0;
        if (_sealed is not null)
        {
            if (_sealed.TryTake(_chunks, out var piece))
            {
                _parts[_partCount++] = piece;
            }

            return _partCount > 0;
        }

        var bytes = 0;
        foreach (var chunk in _chunks)
        {
            if (_partCount >= _parts.Length - 1 || bytes >= GatheredBytes)
            {
                break;
            }

            chunk.Left(out var first, out var second);
            if (first.Length > 0)
            {
                _parts[_partCount++] = first;
            }

            if (second.Length > 0)
            {
                _parts[_partCount++] = second;
            }

            bytes += first.Length + second.Length;
        }

        return _partCount > 0;
    }

    private void CountSent(long sent)
    {
        if (_sealed is not null)
        {
            sent = _sealed.Sent((int)sent);
        }

        while (sent > 0 && _chunks.TryPeek(out var chunk))
        {
            sent -= chunk.Advance(sent);
            if (!chunk.IsSent)
            {
                return;
            }

            _messages -= chunk.Messages;
            _bytes -= chunk.Length;
            _control -= chunk.Control;
            _chunks.Dequeue();
            if (chunk == _tail)
            {
                _tail = null;
            }

            if (chunk == _small)
            {
                continue;
            }

            chunk.Release();
        }
    }

    private TaskCompletionSource? TakeDrained()
    {
        var drained = _drained;
        _drained = null;
        return drained;
    }
}
