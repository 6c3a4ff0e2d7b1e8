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
        IMessageSink? sink = null;
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
            if (_outside.Count > 0 && _kept <= _limits.Messages / 2 && _keptBytes <= _limits.Bytes / 2)
            {
                Pump();
                sink = _sink;
            }
        }

        sink?.Flush();
    }

    /// <summary>
    /// Counts messages in: the new ones move to the front, and their number is returned. What follows a message that cannot be is
    /// not counted, and the violation says why.
    /// </summary>
    private int Accept(Span<EnvelopeMessage> messages, out string? violation)
    {
        violation = null;
        var count = 0;
        var duplicates = 0;
        long bytes = 0;
        lock (_lock)
        {
            foreach (ref readonly var message in messages)
            {
                if (message.Sequence == _received + 1)
                {
                    _received++;
                    bytes += message.Payload.Length;
                    messages[count++] = message;
                }
                else if (message.Sequence == 0)
                {
                    violation = $"{_other} sends a message without a sequence number";
                    break;
                }
                else if (message.Sequence <= _received)
                {
                    duplicates++;
                }
                else
                {
                    violation = $"{_other} sends message {message.Sequence} where {_received + 1} is next";
                    break;
                }
            }

            _receivedBytes += bytes;
        }

        if (duplicates > 0)
        {
            BusMetrics.Duplicates.Add(duplicates);
        }

        if (count > 0)
        {
            BusMetrics.Received.Add(count);
            BusMetrics.ReceivedBytes.Add(bytes);
        }

        return count;
    }

    /// <summary>What has arrived is handled: acknowledges it now or soon.</summary>
    public void AfterBatch()
    {
        lock (_lock)
        {
            var open = _received - _acknowledgedToOther;
            if (open == 0 || _sink is null)
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
        IMessageSink? sink;
        lock (_lock)
        {
            _delayedArmed = false;
            _receivedBytes = 0;
            sink = _sink;
            if (sink is null || _received == _acknowledgedToOther)
            {
                return;
            }

            Span<byte> envelope = stackalloc byte[EnvelopeWriter.MaxFront];
            var size = EnvelopeWriter.WriteAcknowledged(envelope, _received);
            // Past the bound: two ends whose queues are both full would otherwise wait for each other's acknowledgement.
            if (sink.TryAppend(envelope[..size], ReadOnlyMemory<byte>.Empty, evenIfFull: true) == SendOutcome.Queued)
            {
                _acknowledgedToOther = _received;
            }
        }

        sink.Flush();
    }
}
