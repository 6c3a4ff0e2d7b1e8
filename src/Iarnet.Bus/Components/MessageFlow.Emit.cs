using System.Buffers;
using Iarnet.Bus.Connections;
using Iarnet.Bus.Diagnostics;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Components;

internal sealed partial class MessageFlow
{
    /// <summary>
    /// Messages that have waited share envelopes up to this size: below the size to which a connection copies what it is given, and
    /// some hundred small messages.
    /// </summary>
    private const int SharedEnvelope = 8 * 1024 - 64;

    /// <summary>A larger payload has its own envelope: what it would save is small beside copying it twice.</summary>
    private const int SharedPayload = 2 * 1024;

    private readonly byte[] _front = new byte[EnvelopeWriter.MaxFront];

    /// <summary>Gives a message its number and hands it to the connection in an envelope of its own; false when that has no room.</summary>
    private bool TryEmit(in EnvelopeMessage message)
    {
        var stamped = Stamp(message, _lastSent + 1);
        var size = EnvelopeWriter.WriteFront(_front, _received, stamped);
        if (!TryAppend(_front.AsSpan(0, size), stamped.Payload))
        {
            return false;
        }

        Sent(stamped);
        return true;
    }

    private void Drain()
    {
        if (_sink is null || (_again.Count == 0 && _waiting.Count == 0))
        {
            return;
        }

        var shared = ArrayPool<byte>.Shared.Rent(SharedEnvelope);
        try
        {
            while (_again.Count > 0)
            {
                if (!TryEmitAgain(shared))
                {
                    return;
                }
            }

            while (_waiting.Count > 0)
            {
                if (!TryEmitWaiting(shared))
                {
                    return;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(shared);
        }
    }

    private bool TryEmitAgain(byte[] shared)
    {
        var writer = EnvelopeWriter.Begin(shared.AsSpan(0, SharedEnvelope), _received);
        var count = 0;
        foreach (var message in _again)
        {
            if (message.Payload.Length > SharedPayload || !EnvelopeWriter.TryWriteMessage(ref writer, Stamp(message, message.Sequence)))
            {
                break;
            }

            count++;
        }

        if (count == 0)
        {
            return _again.TryPeek(out var large) && TryEmit(large) && _again.TryDequeue(out _);
        }

        if (!TryAppend(shared.AsSpan(0, writer.Position), ReadOnlyMemory<byte>.Empty))
        {
            return false;
        }

        for (; count > 0; count--)
        {
            Sent(_again.Dequeue());
        }

        return true;
    }

    private bool TryEmitWaiting(byte[] shared)
    {
        var first = _waiting.First!;
        var second = _waiting.After(first);
        if (second is null || first.Message.Payload.Length > SharedPayload || second.Message.Payload.Length > SharedPayload)
        {
            if (!TryEmit(first.Message))
            {
                return false;
            }

            Left(first);
            return true;
        }

        var writer = EnvelopeWriter.Begin(shared.AsSpan(0, SharedEnvelope), _received);
        var count = 0;
        for (var next = first; next is not null; next = _waiting.After(next))
        {
            if (next.Message.Payload.Length > SharedPayload || !EnvelopeWriter.TryWriteMessage(ref writer, Stamp(next.Message, _lastSent + 1 + (ulong)count)))
            {
                break;
            }

            count++;
        }

        if (!TryAppend(shared.AsSpan(0, writer.Position), ReadOnlyMemory<byte>.Empty))
        {
            return false;
        }

        for (; count > 0; count--)
        {
            var message = _waiting.First!;
            Sent(Stamp(message.Message, _lastSent + 1));
            Left(message);
        }

        return true;
    }

    /// <summary>The message with its number, unless it has one, and what is left of its time.</summary>
    private EnvelopeMessage Stamp(in EnvelopeMessage message, ulong sequence) => message with
    {
        Sequence = message.Sequence == 0 ? sequence : message.Sequence,
        TimeLeft = message.Deadline == 0 ? 0 : Microseconds(message.Deadline),
    };

    private bool TryAppend(ReadOnlySpan<byte> head, ReadOnlyMemory<byte> rest)
    {
        switch (_sink!.TryAppend(head, rest))
        {
            case SendOutcome.Closed:
                _sink = null;
                return false;
            case SendOutcome.Full:
                return false;
            default:
                _acknowledgedToOther = _received;
                BusMetrics.Envelopes.Add(1);
                return true;
        }
    }

    private void Sent(in EnvelopeMessage message)
    {
        _lastSent = Math.Max(_lastSent, message.Sequence);
        _sent.Enqueue(message);
        BusMetrics.Sent.Add(1);
        BusMetrics.SentBytes.Add(message.Payload.Length);
    }

    /// <summary>A message that had waited is on its way.</summary>
    private void Left(WaitingMessage message)
    {
        _deadlines.Remove(message);
        _waiting.Remove(message);
        if (message.Waiter is { } request)
        {
            request.Message = null;
        }

        Return(message);
    }
}
