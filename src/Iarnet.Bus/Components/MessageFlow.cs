using Iarnet.Bus.Diagnostics;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Components;

/// <summary>
/// The messages between two ends of the component bus, in both directions, apart from any connection: what waits by priority, what
/// was sent and is not acknowledged, what has been received. The same at both ends. A message takes its sequence number when it
/// leaves the waiting room, so that higher priorities overtake, numbers still arrive in order, and one that expires or is
/// cancelled before leaves no gap.
/// </summary>
internal sealed partial class MessageFlow
{
    /// <summary>What a kept message costs beside its payload, so that a bound of bytes bounds memory for empty ones too.</summary>
    private const int KeptOverhead = 128;

    private readonly Lock _lock = new();
    private readonly FlowLimits _limits;
    private readonly TimeProvider _time;
    private readonly string _other;
    private readonly IFlowReceiver _receiver;

    /// <summary>Let in, not sent.</summary>
    private readonly MessageLevels _waiting = new();

    /// <summary>Not let in yet: their senders wait.</summary>
    private readonly MessageLevels _outside = new();

    /// <summary>Sent, not acknowledged, ascending.</summary>
    private readonly Queue<EnvelopeMessage> _sent = new();

    /// <summary>Sent on an earlier connection, to be sent again before anything else; ascending, all above <see cref="_sent"/>.</summary>
    private Queue<EnvelopeMessage> _again = new();

    private IMessageSink? _sink;
    private TaskCompletionSource? _settled;
    private ulong _lastSent;
    private ulong _acknowledged;
    private int _kept;
    private long _keptBytes;
    private string? _closed;

    // "other" says in texts who is at the other end: "component 'count-1'".
    public MessageFlow(string other, FlowLimits limits, IFlowReceiver receiver, TimeProvider time)
    {
        _other = other;
        _limits = limits;
        _receiver = receiver;
        _time = time;
        _delayed = time.CreateTimer(static state => ((MessageFlow)state!).AcknowledgeNow(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _deadline = time.CreateTimer(static state => ((MessageFlow)state!).DeadlineReached(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        FlowGauges.Add(this);
    }

    /// <summary>Messages that count against the bound: they wait, or are not acknowledged. Exact only while nothing happens.</summary>
    public int KeptMessages => Volatile.Read(ref _kept);

    /// <summary>Bytes that count against the bound.</summary>
    public long KeptBytes => Volatile.Read(ref _keptBytes);

    public int ActiveRequests => _requests.Count;

    public int WaitingMessages(int level) => _waiting.CountAt(level);

    public long WaitingBytes(int level) => _waiting.BytesAt(level);

    /// <summary>
    /// A connection is ready: what the other end has not received leaves again, then what waits. False when the other end claims
    /// to have received what was never sent.
    /// </summary>
    public bool TryAttach(IMessageSink sink, ulong received)
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
            _sink = sink;
            Pump();
        }

        sink.Flush();
        return true;
    }

    /// <summary>The connection is lost; everything stays.</summary>
    public void Detach(IMessageSink? sink)
    {
        lock (_lock)
        {
            if (_sink == sink)
            {
                _sink = null;
            }
        }
    }

    /// <summary>The connection took what it had refused to: more may follow.</summary>
    public void Continue()
    {
        IMessageSink? sink;
        lock (_lock)
        {
            Pump();
            sink = _sink;
        }

        sink?.Flush();
    }

    /// <summary>
    /// The other end has forgotten everything: so does this one. Requests fail, messages that were let in are dropped. Senders
    /// that still wait to be let in are now, to the new one.
    /// </summary>
    public void Restart(string reason)
    {
        lock (_lock)
        {
            Forget(reason);
            Pump();
        }
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
        lock (_lock)
        {
            _closed ??= reason;
            Forget(reason);
            while (_outside.First is { } message)
            {
                FailOutside(message, Lost());
            }
        }

        _delayed.Dispose();
        _deadline.Dispose();
        FlowGauges.Remove(this);
        // The timer that would have told it is no more.
        ReportExpired();
    }

    private bool IsFull(long bytes, int messages = 1) =>
        (long)_kept + messages > _limits.Messages || ((_kept > 0 || messages > 1) && _keptBytes + bytes + ((long)messages * KeptOverhead) > _limits.Bytes);

    private void ThrowIfClosed()
    {
        if (_closed is not null)
        {
            throw Lost();
        }
    }

    private ComponentLostException Lost() => new($"Nothing can be sent to {_other}: {_closed}.");

    private void Keep(int payload)
    {
        _kept++;
        _keptBytes += payload + KeptOverhead;
    }

    /// <summary>A message needs its place no more: it has arrived, or never left.</summary>
    private void Release(int payload)
    {
        _kept--;
        _keptBytes -= payload + KeptOverhead;
        if (_kept == 0)
        {
            // Its continuations run elsewhere, so completing it under the lock is safe.
            _settled?.TrySetResult();
            _settled = null;
        }
    }

    /// <summary>Under the lock, whenever there may be room here or in the connection: what is due ends, who waits outside comes in, what waits leaves.</summary>
    private void Pump()
    {
        if (_deadlines.Count > 0)
        {
            Expire(_time.GetTimestamp());
        }

        Admit();
        Drain();
        Arm();
    }

    private void TakeAcknowledged(ulong upTo)
    {
        _acknowledged = Math.Max(_acknowledged, upTo);
        Take(_sent, upTo);
        Take(_again, upTo);

        void Take(Queue<EnvelopeMessage> queue, ulong last)
        {
            while (queue.TryPeek(out var message) && message.Sequence <= last)
            {
                queue.Dequeue();
                Release(message.Payload.Length);
            }
        }
    }

    private void Forget(string reason)
    {
        BusMetrics.Lost.Add(_kept);
        _sink = null;
        _settled?.TrySetResult();
        _settled = null;
        _lastSent = 0;
        _acknowledged = 0;
        _received = 0;
        _acknowledgedToOther = 0;
        _receivedBytes = 0;
        _sent.Clear();
        _again.Clear();
        FailRequests(reason);
        while (_waiting.First is { } message)
        {
            _deadlines.Remove(message);
            _waiting.Remove(message);
            Return(message);
        }

        _kept = 0;
        _keptBytes = 0;
    }
}
