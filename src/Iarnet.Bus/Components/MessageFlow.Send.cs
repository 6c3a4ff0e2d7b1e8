using System.Diagnostics;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Components;

internal sealed partial class MessageFlow
{
    /// <summary>Queues a message, and sends it at once when nothing is in its way. False when the bounds are reached.</summary>
    /// <exception cref="MessageTooLargeException">The payload is over the limit.</exception>
    /// <exception cref="ComponentLostException">The flow is closed.</exception>
    public bool TrySend(EnvelopeKind kind, ulong correlation, ReadOnlyMemory<byte> payload, in BusSendOptions options)
    {
        var message = Compose(kind, correlation, payload, options.Priority, Trace(), Until(options.TimeToLive));
        IMessageSink? sink;
        lock (_lock)
        {
            ThrowIfClosed();
            if (IsFull(payload.Length))
            {
                return false;
            }

            Put(message, options);
            sink = _sink;
        }

        sink?.Flush();
        return true;
    }

    /// <summary>As <see cref="TrySend"/>, an error for false.</summary>
    public void Send(EnvelopeKind kind, ulong correlation, ReadOnlyMemory<byte> payload, in BusSendOptions options)
    {
        if (!TrySend(kind, correlation, payload, options))
        {
            throw Full();
        }
    }

    /// <summary>Messages with nothing between them: all or none.</summary>
    public void Send(ReadOnlySpan<ReadOnlyMemory<byte>> payloads, in BusSendOptions options)
    {
        if (LetIn(payloads, options, Until(options.TimeToLive), all: true) < payloads.Length)
        {
            throw Full();
        }
    }

    /// <summary>As <see cref="TrySend"/>, and waits for room: behind those that wait already, the higher level first.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> payload, in BusSendOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return SendAsync(payload, options, Until(options.TimeToLive), cancellationToken);
    }

    /// <summary>As many as there is room for at once, then the next ones as room comes.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<ReadOnlyMemory<byte>> payloads, BusSendOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var until = Until(options.TimeToLive);
        var sent = LetIn(payloads.Span, options, until, all: false);
        return sent == payloads.Length ? ValueTask.CompletedTask : SendRestAsync(payloads[sent..], options, until, cancellationToken);
    }

    private async ValueTask SendRestAsync(ReadOnlyMemory<ReadOnlyMemory<byte>> payloads, BusSendOptions options, long until, CancellationToken cancellationToken)
    {
        while (!payloads.IsEmpty)
        {
            await SendAsync(payloads.Span[0], options, until, cancellationToken).ConfigureAwait(false);
            payloads = payloads[1..];
            payloads = payloads[LetIn(payloads.Span, options, until, all: false)..];
        }
    }

    private ValueTask SendAsync(ReadOnlyMemory<byte> payload, in BusSendOptions options, long until, CancellationToken cancellationToken)
    {
        var message = Compose(EnvelopeKind.OneWay, 0, payload, options.Priority, Trace(), until);
        FlowWaiter? waiter = null;
        IMessageSink? sink;
        lock (_lock)
        {
            ThrowIfClosed();
            if (!_outside.HasAtOrAbove(options.Priority) && !IsFull(payload.Length))
            {
                Put(message, options);
            }
            else
            {
                waiter = RentWaiter();
                waiter.At = until;
                waiter.Limit = options.TimeToLive ?? Timeout.InfiniteTimeSpan;
                WaitOutside(message, options, waiter);
                if (until != 0)
                {
                    Schedule(waiter);
                }
            }

            sink = _sink;
        }

        if (waiter is null)
        {
            sink?.Flush();
            return ValueTask.CompletedTask;
        }

        var task = new ValueTask(waiter, waiter.Version);
        waiter.CancelWith(cancellationToken);
        return task;
    }

    /// <summary>Messages of one sender under one lock, into shared envelopes, with one flush. Says how many were let in.</summary>
    private int LetIn(ReadOnlySpan<ReadOnlyMemory<byte>> payloads, in BusSendOptions options, long until, bool all)
    {
        long bytes = 0;
        foreach (var payload in payloads)
        {
            ThrowIfTooLarge(payload.Length);
            bytes += payload.Length;
        }

        if (payloads.IsEmpty)
        {
            return 0;
        }

        var trace = Trace();
        var count = 0;
        IMessageSink? sink;
        lock (_lock)
        {
            ThrowIfClosed();
            if (all ? IsFull(bytes, payloads.Length) : _outside.HasAtOrAbove(options.Priority))
            {
                return 0;
            }

            while (count < payloads.Length && !IsFull(payloads[count].Length))
            {
                var payload = payloads[count++];
                Keep(payload.Length);
                Wait(Compose(EnvelopeKind.OneWay, 0, payload, options.Priority, trace, until), options, waiter: null);
            }

            Drain();
            sink = _sink;
        }

        sink?.Flush();
        return count;
    }

    private EnvelopeMessage Compose(EnvelopeKind kind, ulong correlation, ReadOnlyMemory<byte> payload, BusPriority priority, string trace, long until)
    {
        ThrowIfTooLarge(payload.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)priority, (uint)BusPriority.Urgent, nameof(priority));
        return new EnvelopeMessage
        {
            Kind = kind,
            Correlation = correlation,
            Payload = payload,
            Priority = priority,
            TraceParent = trace,
            Deadline = until,
        };
    }

    private void ThrowIfTooLarge(int bytes)
    {
        if (bytes > _limits.MessageBytes)
        {
            throw new MessageTooLargeException($"A message of {bytes} bytes to {_other}: {_limits.MessageBytes} are the most. Put large values in the store and send their reference, or raise MaxMessageBytes at both ends.");
        }
    }

    private BusFullException Full() =>
        new($"The queue to {_other} is at its bound of {_limits.Messages} messages or {_limits.Bytes} bytes that wait or are not acknowledged: send slower, wait with SendAsync, or raise PendingMessages and PendingBytes.");

    private static string Trace() => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : "";

    /// <summary>Lets a message in: it leaves at once, or waits.</summary>
    private void Put(in EnvelopeMessage message, in BusSendOptions options, FlowWaiter? waiter = null)
    {
        Keep(message.Payload.Length);
        if (_sink is null || _again.Count > 0 || _waiting.Count > 0 || !TryEmit(message))
        {
            Wait(message, options, waiter);
        }
    }

    private void Wait(in EnvelopeMessage message, in BusSendOptions options, FlowWaiter? waiter)
    {
        var waiting = RentMessage(message, options, waiter);
        _waiting.Add(waiting);
        // A request ends with its waiter.
        if (message.Deadline != 0 && waiter is null)
        {
            waiting.At = message.Deadline;
            Schedule(waiting);
        }
    }

    private void WaitOutside(in EnvelopeMessage message, in BusSendOptions options, FlowWaiter waiter) =>
        _outside.Add(RentMessage(message, options, waiter));

    /// <summary>Those that wait for room come in, in their order, while there is room.</summary>
    private void Admit()
    {
        while (_closed is null && _outside.First is { } message && !IsFull(message.Message.Payload.Length))
        {
            _outside.Remove(message);
            Keep(message.Message.Payload.Length);
            _waiting.Add(message);
            if (message.Waiter is { Correlation: 0 } sender)
            {
                message.Waiter = null;
                sender.Message = null;
                _deadlines.Remove(sender);
                if (message.Message.Deadline != 0)
                {
                    message.At = message.Message.Deadline;
                    Schedule(message);
                }

                sender.IsPending = false;
                sender.Succeed(default);
            }
        }
    }

    /// <summary>Ends the wait of a sender whose message was not let in.</summary>
    private void FailOutside(WaitingMessage message, Exception error)
    {
        var sender = message.Waiter!;
        _deadlines.Remove(sender);
        _outside.Remove(message);
        Return(message);
        sender.Message = null;
        sender.IsPending = false;
        sender.Fail(error);
    }
}
