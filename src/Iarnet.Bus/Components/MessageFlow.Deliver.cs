using System.Text;
using Iarnet.Bus.Connections;
using Iarnet.Bus.Diagnostics;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Components;

// Called for one envelope after the other, never at the same time: what it works with is used again.
internal sealed partial class MessageFlow
{
    /// <summary>Most messages that are counted in and handed over at a time.</summary>
    private const int DeliveryLimit = 128;

    private EnvelopeMessage[] _arrived = new EnvelopeMessage[1];
    private BusMessage[] _batch = [];

    /// <summary>Hands the new messages of an envelope to the handler, and replies to whom they belong.</summary>
    /// <exception cref="ProtocolException">The envelope holds what cannot be; what came before that was handed over.</exception>
    public void Deliver(EnvelopeReader envelope)
    {
        if (envelope.Messages == 0)
        {
            return;
        }

        if (envelope.Messages > _arrived.Length && _arrived.Length < DeliveryLimit)
        {
            _arrived = new EnvelopeMessage[Math.Min(envelope.Messages, DeliveryLimit)];
        }

        var malformed = false;
        int count;
        do
        {
            count = 0;
            while (count < _arrived.Length && envelope.TryNext(out _arrived[count], out malformed))
            {
                count++;
            }

            var arrived = _arrived.AsSpan(0, count);
            var fresh = arrived[..Accept(arrived, out var violation)];
            if (_receiver.TakesBatches)
            {
                HandOverBatches(fresh);
            }
            else
            {
                HandOver(fresh);
            }

            // The receive buffer is used again, or goes.
            arrived.Clear();
            if (violation is not null)
            {
                throw new ProtocolException(violation);
            }
        }
        while (count > 0 && count == _arrived.Length && !malformed);

        if (malformed)
        {
            throw new ProtocolException($"{_other} sent an envelope with a malformed message");
        }
    }

    private void HandOver(ReadOnlySpan<EnvelopeMessage> messages)
    {
        foreach (ref readonly var message in messages)
        {
            switch (message.Kind)
            {
                case EnvelopeKind.OneWay or EnvelopeKind.Request:
                    HandOver(message);
                    break;
                default:
                    HandOverOther(message);
                    break;
            }
        }
    }

    private void HandOver(in EnvelopeMessage message)
    {
        var received = Convert(message);
        using var activity = BusTracing.StartReceive(received);
        try
        {
            _receiver.Received(received);
        }
        catch (Exception e)
        {
            _receiver.Threw(e);
            AnswerWithFault(received, e);
        }
    }

    private void HandOverBatches(ReadOnlySpan<EnvelopeMessage> messages)
    {
        if (_batch.Length < messages.Length)
        {
            _batch = new BusMessage[_arrived.Length];
        }

        var count = 0;
        foreach (ref readonly var message in messages)
        {
            if (message.Kind is EnvelopeKind.OneWay or EnvelopeKind.Request)
            {
                _batch[count++] = Convert(message);
                continue;
            }

            if (message.Kind == EnvelopeKind.Cancel)
            {
                // Not before the request that it cancels.
                HandOverBatch(_batch.AsSpan(0, count));
                count = 0;
            }

            HandOverOther(message);
        }

        HandOverBatch(_batch.AsSpan(0, count));
    }

    private void HandOverBatch(Span<BusMessage> batch)
    {
        if (batch.IsEmpty)
        {
            return;
        }

        try
        {
            _receiver.Received(batch);
        }
        catch (Exception e)
        {
            _receiver.Threw(e);
            foreach (ref readonly var message in batch)
            {
                AnswerWithFault(message, e);
            }
        }

        batch.Clear();
    }

    private void HandOverOther(in EnvelopeMessage message)
    {
        switch (message.Kind)
        {
            case EnvelopeKind.Reply or EnvelopeKind.Fault:
                CompleteRequest(message);
                break;
            case EnvelopeKind.Cancel:
                try
                {
                    _receiver.Canceled(message.Correlation);
                }
                catch (Exception e)
                {
                    _receiver.Threw(e);
                }

                break;
            default:
                // A kind that a later version knows.
                break;
        }
    }

    /// <summary>Somebody waits for the reply: a fault now is better than a timeout later.</summary>
    private void AnswerWithFault(in BusMessage message, Exception error)
    {
        if (message.Kind != BusMessageKind.Request)
        {
            return;
        }

        var reason = $"the handler threw {error.GetType().Name}: {error.Message}";
        try
        {
            TrySend(EnvelopeKind.Fault, message.Correlation, Encoding.UTF8.GetBytes(reason), new BusSendOptions { Priority = message.Priority });
        }
        catch (IarnetException)
        {
            // The other end is gone, or the text is over its limit: the request ends by itself.
        }
    }

    private static BusMessage Convert(in EnvelopeMessage message) => new(
        message.Kind == EnvelopeKind.Request ? BusMessageKind.Request : BusMessageKind.OneWay,
        message.Correlation,
        message.Payload,
        message.Priority,
        message.TraceParent,
        message.TimeLeft == 0 ? null : TimeSpan.FromTicks((long)Math.Min(message.TimeLeft, (ulong)(TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMicrosecond)) * TimeSpan.TicksPerMicrosecond));
}
