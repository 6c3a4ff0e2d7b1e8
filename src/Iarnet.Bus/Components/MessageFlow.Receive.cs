using Iarnet.Bus.Connections;
using Iarnet.Bus.Diagnostics;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Components;

internal sealed partial class MessageFlow
{
    /// <summary>An acknowledgement rides on what is sent anyway; without that it goes alone after so many messages or bytes, or this time.</summary>
    private const ulong AcknowledgeAfterMessages = 64;

    private const long AcknowledgeAfterBytes = 256 * 1024;
    private static readonly TimeSpan AcknowledgeAfter = TimeSpan.FromMilliseconds(20);

    private readonly ITimer _delayed;
    private ulong _received;
    private ulong _acknowledgedToOther;
    private long _receivedBytes;
    private bool _delayedArmed;

    /// <summary>Highest sequence number received.</summary>
    public ulong Received
    {
        get
        {
            lock (_lock)
            {
                return _received;
            }
        }
    }

    /// <summary>The other end has received up to this number.</summary>
    /// <exception cref="ProtocolException">It was never sent.</exception>
    public void Acknowledge(ulong upTo)
    {
        TaskCompletionSource? waiters = null;
        lock (_lock)
        {
            if (upTo <= _acknowledged)
            {
                return;
            }

            if (upTo > _lastSent)
            {
                throw new ProtocolException($"{_other} acknowledges message {upTo}, the last that was sent is {_lastSent}");
            }

            TakeAcknowledged(upTo);
            // Half empty, as for connections: waking a sender for each place costs more than the place is worth.
            if (_kept <= _limits.Messages / 2 && _keptBytes <= _limits.Bytes / 2)
            {
                waiters = _room.Take();
            }
        }

        waiters?.TrySetResult();
    }

    /// <summary>Counts a message in. True when it is new and for the handler.</summary>
    /// <exception cref="ProtocolException">Messages before it are missing.</exception>
    public bool Accept(in EnvelopeMessage message)
    {
        lock (_lock)
        {
            if (message.Sequence <= _received)
            {
                if (message.Sequence == 0)
                {
                    throw new ProtocolException($"{_other} sends a message without a sequence number");
                }

                BusMetrics.Duplicates.Add(1);
                return false;
            }

            if (message.Sequence != _received + 1)
            {
                throw new ProtocolException($"{_other} sends message {message.Sequence} where {_received + 1} is next");
            }

            _received++;
            _receivedBytes += message.Payload.Length;
        }

        BusMetrics.Received.Add(1);
        BusMetrics.ReceivedBytes.Add(message.Payload.Length);
        if (message.Kind is EnvelopeKind.Reply or EnvelopeKind.Fault)
        {
            CompleteRequest(message);
            return false;
        }

        return message.Kind is EnvelopeKind.OneWay or EnvelopeKind.Request or EnvelopeKind.Cancel;
    }

    /// <summary>What has arrived is handled: acknowledges it now or soon.</summary>
    public void AfterBatch()
    {
        lock (_lock)
        {
            var open = _received - _acknowledgedToOther;
            if (open == 0 || _queue is null)
            {
                return;
            }

            if (open < AcknowledgeAfterMessages && _receivedBytes < AcknowledgeAfterBytes)
            {
                if (!_delayedArmed)
                {
                    _delayedArmed = true;
                    _delayed.Change(AcknowledgeAfter, Timeout.InfiniteTimeSpan);
                }

                return;
            }
        }

        AcknowledgeNow();
    }

    private void AcknowledgeNow()
    {
        SendQueue? queue;
        lock (_lock)
        {
            _delayedArmed = false;
            _receivedBytes = 0;
            queue = _queue;
            if (queue is null || _received == _acknowledgedToOther)
            {
                return;
            }

            Span<byte> envelope = stackalloc byte[EnvelopeWriter.MaxFront];
            var size = EnvelopeWriter.WriteAcknowledged(envelope, _received);
            // Past the bound: two ends whose queues are both full would otherwise wait for each other's acknowledgement.
            if (queue.TryAppend(envelope[..size], ReadOnlyMemory<byte>.Empty, evenIfFull: true) == SendOutcome.Queued)
            {
                _acknowledgedToOther = _received;
            }
        }

        queue.Flush();
    }
}
