using Iarnet.Bus.Transport;

namespace Iarnet.Bus.Connections;

internal sealed partial class SendQueue
{
    /// <summary>Bytes gathered for one call of the kernel: the rate of small messages grows up to about 64 KiB, then stays.</summary>
    private const long GatherLimit = 256 * 1024;

    private const int GatherSegments = 32;

    /// <summary>Passes that a sender makes for others before it hands the rest to the pool: its own latency has a bound.</summary>
    private const int InlinePasses = 2;

    private readonly List<ArraySegment<byte>> _segments = new(GatherSegments + 1);
    private ITransportLink? _link;
    private ITransportLink? _current;
    private TaskCompletionSource? _drained;
    private bool _flushing;

    /// <summary>Messages leave through this connection from now on, beginning with the one that the last connection cut off.</summary>
    public void Attach(ITransportLink link)
    {
        lock (_lock)
        {
            _link = link;
            if (!_flushing)
            {
                Rewind();
            }
        }

        Flush();
    }

    /// <summary>The connection is lost. Messages gather until the next one.</summary>
    public void Detach(ITransportLink link)
    {
        lock (_lock)
        {
            if (_link == link)
            {
                _link = null;
            }
        }
    }

    /// <summary>Sends what the kernel takes; what it does not take follows on the thread pool. Never blocks.</summary>
    public void Flush()
    {
        if (!TryBegin())
        {
            return;
        }

        for (var pass = 0; pass < InlinePasses; pass++)
        {
            int sent;
            try
            {
                sent = _current!.TrySend(_segments);
            }
            catch (Exception)
            {
                Break();
                return;
            }

            if (sent < 0)
            {
                break;
            }

            if (!Advance(sent))
            {
                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(static queue => _ = queue.FlushAsync(), this, preferLocal: false);
    }

    /// <summary>Ends when nothing waits, or nothing will ever leave.</summary>
    public Task WhenDrained()
    {
        lock (_lock)
        {
            if (_closed || _link is null || (!_flushing && _bytes == 0))
            {
                return Task.CompletedTask;
            }

            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    private async Task FlushAsync()
    {
        try
        {
            do
            {
                var sent = await _current!.SendAsync(_segments).ConfigureAwait(false);
                if (!Advance(sent))
                {
                    return;
                }
            }
            while (true);
        }
        catch (Exception)
        {
            Break();
        }
    }

    private bool TryBegin()
    {
        lock (_lock)
        {
            if (_flushing || _link is null || !Gather())
            {
                return false;
            }

            _flushing = true;
            _current = _link;
            return true;
        }
    }

    /// <summary>The one that flushes counts what left and takes the next batch; false when there is none, and it is no longer the one.</summary>
    private bool Advance(long sent)
    {
        TaskCompletionSource? waiters = null;
        TaskCompletionSource? drained = null;
        var room = false;
        bool more;
        lock (_lock)
        {
            Count(sent);
            if (_link != _current)
            {
                Rewind();
                _current = _link;
            }

            more = _current is not null && Gather();
            _flushing = more;
            if (!more)
            {
                drained = _drained;
                _drained = null;
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

    /// <summary>The connection refused bytes: whoever reads from it learns the same and reports it.</summary>
    private void Break()
    {
        ITransportLink? broken;
        TaskCompletionSource? drained;
        lock (_lock)
        {
            _flushing = false;
            broken = _current;
            drained = _drained;
            _drained = null;
            if (_link == broken)
            {
                _link = null;
            }
            else
            {
                Rewind();
            }
        }

        drained?.TrySetResult();
        broken?.Abort();
        // Another connection may have been attached while the broken one was in the kernel.
        Flush();
    }

    private bool Gather()
    {
        _segments.Clear();
        long bytes = 0;
        foreach (var chunk in _chunks)
        {
            bytes += chunk.Gather(_segments);
            if (bytes >= GatherLimit || _segments.Count >= GatherSegments)
            {
                break;
            }
        }

        return bytes > 0;
    }

    private void Count(long sent)
    {
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
            if (_chunks.Count == 1 && !chunk.IsLarge)
            {
                chunk.Reset();
                break;
            }

            _chunks.Dequeue();
        }

        if (_chunks.Count == 0)
        {
            _tail = null;
        }
    }

    private void Rewind()
    {
        if (_chunks.TryPeek(out var head))
        {
            head.Rewind();
        }
    }
}
