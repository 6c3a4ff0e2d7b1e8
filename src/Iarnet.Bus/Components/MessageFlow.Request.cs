using System.Diagnostics;
using System.Text;
using Iarnet.Bus.Diagnostics;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Components;

internal sealed partial class MessageFlow
{
    private readonly Dictionary<ulong, FlowWaiter> _requests = [];
    private ulong _lastCorrelation;

    public ValueTask<ReadOnlyMemory<byte>> RequestAsync(ReadOnlyMemory<byte> payload, TimeSpan timeout, BusPriority priority, CancellationToken cancellationToken)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ReadOnlyMemory<byte>>(cancellationToken);
        }

        var activity = BusTracing.StartRequest(_other);
        var message = Compose(EnvelopeKind.Request, 0, payload, priority, activity?.Id ?? Trace(), timeout == Timeout.InfiniteTimeSpan ? 0 : Until(timeout));
        FlowWaiter request;
        ValueTask<ReadOnlyMemory<byte>> task;
        IMessageSink? sink;
        lock (_lock)
        {
            if (_closed is not null)
            {
                activity?.Dispose();
                return ValueTask.FromException<ReadOnlyMemory<byte>>(Lost());
            }

            request = RentWaiter();
            request.Correlation = ++_lastCorrelation;
            request.Priority = priority;
            request.At = message.Deadline;
            request.Limit = timeout;
            request.Started = _time.GetTimestamp();
            request.Activity = activity;
            task = new ValueTask<ReadOnlyMemory<byte>>(request, request.Version);
            _requests.Add(request.Correlation, request);
            message = message with { Correlation = request.Correlation };
            if (!_outside.HasAtOrAbove(priority) && !IsFull(payload.Length))
            {
                Put(message, default, request);
            }
            else
            {
                WaitOutside(message, default, request);
            }

            if (message.Deadline != 0)
            {
                Schedule(request);
            }

            sink = _sink;
        }

        sink?.Flush();
        request.CancelWith(cancellationToken);
        return task;
    }

    /// <summary>The caller of a request, or a sender that waits for room, waits no more.</summary>
    public void Cancel(FlowWaiter waiter, CancellationToken cancellationToken)
    {
        IMessageSink? sink;
        lock (_lock)
        {
            if (!waiter.IsPending)
            {
                return;
            }

            if (waiter is { Correlation: 0, Message: { } message })
            {
                FailOutside(message, new OperationCanceledException($"A message to {_other} waited for room and was not sent.", cancellationToken));
            }
            else
            {
                var left = GiveUp(waiter);
                End(waiter, "canceled");
                waiter.Fail(new OperationCanceledException(left ? $"A request to {_other} was cancelled; it was told." : $"A request to {_other} was cancelled before it left.", cancellationToken));
            }

            Pump();
            sink = _sink;
        }

        sink?.Flush();
    }

    private void TimeOut(FlowWaiter request)
    {
        var left = GiveUp(request);
        End(request, "timeout");
        request.Fail(new CallTimeoutException(left
            ? $"A request to {_other} had no reply within {request.Limit.TotalSeconds:0.###} s; it was told that nobody waits any more."
            : $"A request to {_other} did not leave within {request.Limit.TotalSeconds:0.###} s, and was not sent."));
    }

    /// <summary>A request that has not left does not leave; for one that has, the other end is told, behind it: at the same level, so the order holds. True when it has left.</summary>
    private bool GiveUp(FlowWaiter request)
    {
        if (!TryTakeBack(request))
        {
            // Past the bound: it is small, and refusing it would leave work running that nobody waits for.
            Put(Compose(EnvelopeKind.Cancel, request.Correlation, ReadOnlyMemory<byte>.Empty, request.Priority, "", 0), default);
            return true;
        }

        return false;
    }

    private bool TryTakeBack(FlowWaiter request)
    {
        if (request.Message is not { } message)
        {
            return false;
        }

        if (message.List == _waiting)
        {
            Release(message.Message.Payload.Length);
        }

        message.List!.Remove(message);
        Return(message);
        request.Message = null;
        return true;
    }

    /// <summary>From here on the request is its caller's; the one that calls this then completes it.</summary>
    private void End(FlowWaiter request, string outcome)
    {
        request.IsPending = false;
        _requests.Remove(request.Correlation);
        _deadlines.Remove(request);
        BusMetrics.RequestDuration.Record(_time.GetElapsedTime(request.Started).TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
        if (request.Activity is { } activity)
        {
            activity.SetTag("iarnet.bus.outcome", outcome);
            if (outcome != "reply")
            {
                activity.SetStatus(ActivityStatusCode.Error, outcome);
            }

            activity.Dispose();
            request.Activity = null;
        }
    }

    private void CompleteRequest(in EnvelopeMessage message)
    {
        FlowWaiter? request;
        lock (_lock)
        {
            if (!_requests.TryGetValue(message.Correlation, out request))
            {
                // Too late: its caller has given up.
                return;
            }

            TryTakeBack(request);
            End(request, message.Kind == EnvelopeKind.Reply ? "reply" : "fault");
        }

        if (message.Kind == EnvelopeKind.Reply)
        {
            request.Succeed(message.Payload.ToArray());
        }
        else
        {
            request.Fail(new RequestFailedException($"{_other} answered a request with a fault: {Encoding.UTF8.GetString(message.Payload.Span)}"));
        }
    }

    private void FailRequests(string reason)
    {
        FlowWaiter[] requests = [.. _requests.Values];
        foreach (var request in requests)
        {
            TryTakeBack(request);
            End(request, "lost");
            request.Fail(new ComponentLostException($"The reply of {_other} will not come: {reason}."));
        }
    }
}
