using System.Text;
using Iarnet.Bus.Diagnostics;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Components;

internal sealed partial class MessageFlow
{
    private readonly Dictionary<ulong, PendingRequest> _requests = [];
    private ulong _lastCorrelation;

    public async ValueTask<ReadOnlyMemory<byte>> RequestAsync(ReadOnlyMemory<byte> payload, TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var request = new PendingRequest(_time.GetTimestamp());
        ulong correlation;
        lock (_lock)
        {
            ThrowIfClosed();
            correlation = ++_lastCorrelation;
            _requests.Add(correlation, request);
        }

        var sent = false;
        try
        {
            sent = TrySend(EnvelopeKind.Request, correlation, payload, BusPriority.Normal);
            if (!sent)
            {
                // Ended by the timeout from within: a wait that is merely abandoned would send the request later, to nobody's use.
                using var limit = new CancellationTokenSource(timeout, _time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                await WaitAndSendAsync(EnvelopeKind.Request, correlation, payload, BusPriority.Normal, either.Token).ConfigureAwait(false);
                sent = true;
            }

            var reply = await request.Task.WaitAsync(Left(timeout, request.Started), _time, cancellationToken).ConfigureAwait(false);
            BusMetrics.RequestDuration.Record(_time.GetElapsedTime(request.Started).TotalSeconds);
            return reply;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            GiveUp(correlation, sent);
            if (!cancellationToken.IsCancellationRequested)
            {
                throw new CallTimeoutException($"A request to {_other} had no reply within {timeout.TotalSeconds:0.###} s; it was told that nobody waits any more.", e);
            }

            throw new OperationCanceledException($"A request to {_other} was cancelled; it was told.", e, cancellationToken);
        }
        finally
        {
            lock (_lock)
            {
                _requests.Remove(correlation);
            }
        }
    }

    private TimeSpan Left(TimeSpan timeout, long started)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return timeout;
        }

        var left = timeout - _time.GetElapsedTime(started);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>The other end is told, behind the request itself: same level, so the order holds.</summary>
    private void GiveUp(ulong correlation, bool sent)
    {
        lock (_lock)
        {
            // Answered or failed in the meantime: nobody works on it.
            if (!_requests.Remove(correlation))
            {
                return;
            }
        }

        if (!sent)
        {
            return;
        }

        try
        {
            TrySend(EnvelopeKind.Cancel, correlation, ReadOnlyMemory<byte>.Empty, BusPriority.Normal);
        }
        catch (ComponentLostException)
        {
            // Gone, and its work with it.
        }
    }

    private void CompleteRequest(in EnvelopeMessage message)
    {
        PendingRequest? request;
        lock (_lock)
        {
            if (!_requests.Remove(message.Correlation, out request))
            {
                // Too late: its caller has given up.
                return;
            }
        }

        if (message.Kind == EnvelopeKind.Reply)
        {
            request.TrySetResult(message.Payload.ToArray());
        }
        else
        {
            request.TrySetException(new RequestFailedException($"{_other} answered a request with a fault: {Encoding.UTF8.GetString(message.Payload.Span)}"));
        }
    }

    private void Fail(List<PendingRequest> requests, string reason)
    {
        foreach (var request in requests)
        {
            request.TrySetException(new ComponentLostException($"The reply of {_other} will not come: {reason}."));
        }
    }
}
