using Iarnet.Bus.Connections;
using Iarnet.Bus.Diagnostics;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Components;

/// <summary>
/// The messages between two ends of the component bus, in both directions, apart from any connection: what waits by priority, what
/// was sent and is not acknowledged, what has been received. The same at both ends. A message takes its sequence number when it
/// leaves the waiting room, so that higher priorities overtake and numbers still arrive in order.
/// </summary>
internal sealed partial class MessageFlow
{
    private const int Levels = 3;

    /// <summary>What a kept message costs beside its payload, so that a bound of bytes bounds memory for empty ones too.</summary>
    private const int KeptOverhead = 128;

    private readonly Lock _lock = new();
    private readonly FlowLimits _limits;
    private readonly TimeProvider _time;
    private readonly string _other;
    private readonly Queue<EnvelopeMessage>[] _waiting = [new(), new(), new()];

    /// <summary>Sent, not acknowledged, ascending.</summary>
    private readonly Queue<EnvelopeMessage> _sent = new();

    /// <summary>Sent on an earlier connection, to be sent again before anything else; ascending, all above <see cref="_sent"/>.</summary>
    private Queue<EnvelopeMessage> _again = new();

    private SendQueue? _queue;
    private TaskCompletionSource? _settled;
    private Pulse _room;
    private ulong _lastSent;
    private ulong _acknowledged;
    private int _kept;
    private long _keptBytes;
    private string? _closed;

    // "other" says in texts who is at the other end: "component 'count-1'".
    public MessageFlow(string other, FlowLimits limits, TimeProvider time)
    {
        _other = other;
        _limits = limits;
        _time = time;
        _delayed = time.CreateTimer(static state => ((MessageFlow)state!).AcknowledgeNow(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Queues a message, and sends it at once when nothing is in its way. False when the bounds are reached.</summary>
    /// <exception cref="MessageTooLargeException">The payload is over the limit.</exception>
    /// <exception cref="ComponentLostException">The flow is closed.</exception>
    public bool TrySend(EnvelopeKind kind, ulong correlation, ReadOnlyMemory<byte> payload, BusPriority priority)
    {
        if (payload.Length > _limits.MessageBytes)
        {
            throw new MessageTooLargeException($"A message of {payload.Length} bytes to {_other}: {_limits.MessageBytes} are the most. Put large values in the store and send their reference, or raise MaxMessageBytes at both ends.");
        }

        SendQueue? queue;
        var message = new EnvelopeMessage
        {
            Kind = kind,
            Correlation = correlation,
            Payload = payload,
            Priority = priority,
            TraceParent = System.Diagnostics.Activity.Current is { IdFormat: System.Diagnostics.ActivityIdFormat.W3C, Id: { } id } ? id : "",
        };
        lock (_lock)
        {
            ThrowIfClosed();
            // A cancellation is small, and refusing it would leave work running that nobody waits for.
            if (kind != EnvelopeKind.Cancel && IsFull(payload.Length))
            {
                return false;
            }

            _kept++;
            _keptBytes += payload.Length + KeptOverhead;
            queue = _queue;
            if (queue is null || _again.Count > 0 || HasWaiting() || !TryEmit(message))
            {
                _waiting[(int)priority].Enqueue(message);
            }
        }

        queue?.Flush();
        return true;
    }

    /// <summary>As <see cref="TrySend"/>, an error for false.</summary>
    public void Send(EnvelopeKind kind, ulong correlation, ReadOnlyMemory<byte> payload, BusPriority priority)
    {
        if (!TrySend(kind, correlation, payload, priority))
        {
            throw new BusFullException($"The queue to {_other} is at its bound of {_limits.Messages} messages or {_limits.Bytes} bytes that wait or are not acknowledged: send slower, wait with SendAsync, or raise PendingMessages and PendingBytes.");
        }
    }

    /// <summary>As <see cref="TrySend"/>, and waits for room.</summary>
    public ValueTask SendAsync(EnvelopeKind kind, ulong correlation, ReadOnlyMemory<byte> payload, BusPriority priority, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TrySend(kind, correlation, payload, priority)
            ? ValueTask.CompletedTask
            : WaitAndSendAsync(kind, correlation, payload, priority, cancellationToken);
    }

    /// <summary>
    /// A connection is ready: what the other end has not received leaves again, then what waits. False when the other end claims
    /// to have received what was never sent.
    /// </summary>
    public bool TryAttach(SendQueue queue, ulong received)
    {
        lock (_lock)
        {
            if (received > _lastSent || received < _acknowledged)
            {
                return false;
            }

            TakeAcknowledged(received);
            if (_sent.Count > 0)
            {
                foreach (var message in _again)
                {
                    _sent.Enqueue(message);
                }

                _again = new Queue<EnvelopeMessage>(_sent);
                _sent.Clear();
            }

            BusMetrics.Resent.Add(_again.Count);
            _queue = queue;
            Drain();
        }

        queue.Flush();
        WakeWaiters();
        return true;
    }

    /// <summary>The connection is lost; everything stays.</summary>
    public void Detach(SendQueue? queue)
    {
        lock (_lock)
        {
            if (_queue == queue)
            {
                _queue = null;
            }
        }
    }

    /// <summary>The connection took what it had refused to: more may follow.</summary>
    public void Continue()
    {
        SendQueue? queue;
        lock (_lock)
        {
            queue = _queue;
            Drain();
        }

        queue?.Flush();
    }

    /// <summary>The other end has forgotten everything: so does this one. Requests fail, messages that wait are dropped.</summary>
    public void Restart(string reason)
    {
        List<PendingRequest> failed;
        lock (_lock)
        {
            failed = Forget();
        }

        Fail(failed, reason);
        WakeWaiters();
    }

    /// <summary>Ends when the other end has acknowledged everything that was sent, or never will.</summary>
    public Task WhenSettled()
    {
        lock (_lock)
        {
            if (_kept == 0)
            {
                return Task.CompletedTask;
            }

            _settled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _settled.Task;
        }
    }

    /// <summary>Nothing can be sent any more.</summary>
    public void Close(string reason)
    {
        List<PendingRequest> failed;
        lock (_lock)
        {
            _closed ??= reason;
            failed = Forget();
        }

        _delayed.Dispose();
        Fail(failed, reason);
        WakeWaiters();
    }

    private async ValueTask WaitAndSendAsync(EnvelopeKind kind, ulong correlation, ReadOnlyMemory<byte> payload, BusPriority priority, CancellationToken cancellationToken)
    {
        do
        {
            Task room;
            lock (_lock)
            {
                room = _closed is null && IsFull(payload.Length) ? _room.Wait() : Task.CompletedTask;
            }

            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        while (!TrySend(kind, correlation, payload, priority));
    }

    private bool IsFull(int size) =>
        _kept >= _limits.Messages || (_kept > 0 && _keptBytes + size + KeptOverhead > _limits.Bytes);

    private bool HasWaiting() => _waiting[0].Count + _waiting[1].Count + _waiting[2].Count > 0;

    private void ThrowIfClosed()
    {
        if (_closed is not null)
        {
            throw new ComponentLostException($"Nothing can be sent to {_other}: {_closed}.");
        }
    }

    /// <summary>Gives a message its number and hands it to the connection; false when that has no room.</summary>
    private bool TryEmit(EnvelopeMessage message)
    {
        var fresh = message.Sequence == 0;
        if (fresh)
        {
            message = new EnvelopeMessage
            {
                Sequence = _lastSent + 1,
                Kind = message.Kind,
                Correlation = message.Correlation,
                Payload = message.Payload,
                Priority = message.Priority,
                TraceParent = message.TraceParent,
            };
        }

        Span<byte> front = stackalloc byte[EnvelopeWriter.MaxFront];
        var size = EnvelopeWriter.WriteFront(front, _received, message);
        switch (_queue!.TryAppend(front[..size], message.Payload))
        {
            case SendOutcome.Closed:
                _queue = null;
                return false;
            case SendOutcome.Full:
                return false;
            default:
                break;
        }

        _acknowledgedToOther = _received;
        _lastSent = Math.Max(_lastSent, message.Sequence);
        _sent.Enqueue(message);
        BusMetrics.Sent.Add(1);
        BusMetrics.SentBytes.Add(message.Payload.Length);
        return true;
    }

    private void Drain()
    {
        while (_queue is not null && _again.TryPeek(out var message))
        {
            if (!TryEmit(message))
            {
                return;
            }

            _again.Dequeue();
        }

        for (var level = Levels - 1; level >= 0; level--)
        {
            while (_queue is not null && _waiting[level].TryPeek(out var message))
            {
                if (!TryEmit(message))
                {
                    return;
                }

                _waiting[level].Dequeue();
            }
        }
    }

    private void TakeAcknowledged(ulong upTo)
    {
        _acknowledged = Math.Max(_acknowledged, upTo);
        Take(_sent, upTo);
        Take(_again, upTo);
        if (_kept == 0)
        {
            // Its continuations run elsewhere, so completing it under the lock is safe.
            _settled?.TrySetResult();
            _settled = null;
        }

        void Take(Queue<EnvelopeMessage> queue, ulong last)
        {
            while (queue.TryPeek(out var message) && message.Sequence <= last)
            {
                _kept--;
                _keptBytes -= message.Payload.Length + KeptOverhead;
                queue.Dequeue();
            }
        }
    }

    private void WakeWaiters()
    {
        TaskCompletionSource? waiters;
        lock (_lock)
        {
            waiters = _room.Take();
        }

        waiters?.TrySetResult();
    }

    private List<PendingRequest> Forget()
    {
        _queue = null;
        _settled?.TrySetResult();
        _settled = null;
        _lastSent = 0;
        _acknowledged = 0;
        _received = 0;
        _acknowledgedToOther = 0;
        _receivedBytes = 0;
        _kept = 0;
        _keptBytes = 0;
        _sent.Clear();
        _again.Clear();
        foreach (var level in _waiting)
        {
            level.Clear();
        }

        List<PendingRequest> requests = [.. _requests.Values];
        _requests.Clear();
        return requests;
    }
}
