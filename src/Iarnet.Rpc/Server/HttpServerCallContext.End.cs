using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Iarnet.Rpc;

/// <content>
/// The end of a call. It comes from the handler, or from the deadline while the handler still runs. Who ends it owns the response:
/// the state goes from idle to writing and back, and once to over.
/// </content>
internal sealed partial class HttpServerCallContext
{
    private const int Idle = 0;
    private const int Writing = 1;
    private const int Over = 2;

    /// <summary>CANCEL and INTERNAL_ERROR, RFC 9113 section 7.</summary>
    private const int ResetCancel = 0x8;
    private const int ResetInternalError = 0x2;

    private static readonly TimeSpan MaxTimer = TimeSpan.FromDays(40);

    private DateTime _deadline = DateTime.MaxValue;
    private ITimer? _timer;
    private Task _endedByDeadline = Task.CompletedTask;
    private int _state;
    private bool _isOverdue;
    private bool _isFinished;

    /// <summary>Refuses what this side does not speak, and starts the deadline.</summary>
    public void Start()
    {
        var headers = _http.Request.Headers;
        if (headers.TryGetValue(GrpcHeaders.Encoding, out var encodings) && encodings.ToString() is { Length: > 0 } encoding && encoding != GrpcHeaders.Identity)
        {
            _http.Response.Headers[GrpcHeaders.AcceptEncoding] = GrpcHeaders.Identity;
            throw new RpcException(new Status(StatusCode.Unimplemented, $"The encoding '{encoding}' is not taken here; only '{GrpcHeaders.Identity}' is."));
        }

        if (!headers.TryGetValue(GrpcHeaders.Timeout, out var timeouts))
        {
            return;
        }

        if (!GrpcTimeout.TryParse(timeouts.ToString(), out var timeout))
        {
            throw new RpcException(new Status(StatusCode.Internal, $"The header {GrpcHeaders.Timeout} is '{timeouts}'; expected at most 8 digits and one of H, M, S, m, u, n."));
        }

        if (timeout < MaxTimer)
        {
            _deadline = _options.TimeProvider.GetUtcNow().UtcDateTime + timeout;
            _timer = _options.TimeProvider.CreateTimer(static state => ((HttpServerCallContext)state!).OnDeadline(), this, timeout, Timeout.InfiniteTimeSpan);
        }
    }

    public void AddTrailers(Metadata trailers)
    {
        foreach (var entry in trailers)
        {
            ResponseTrailers.Add(entry);
        }
    }

    /// <summary>What an exception means to the client; null when it is the handler's own fault.</summary>
    public Status? Explain(Exception exception)
    {
        if (exception is not (OperationCanceledException or IOException))
        {
            return null;
        }

        if (_isOverdue)
        {
            return Overdue;
        }

        return _http.RequestAborted.IsCancellationRequested ? new Status(StatusCode.Cancelled, "The client gave the call up.")
            : _stopping.IsCancellationRequested ? new Status(StatusCode.Unavailable, "The server is stopping.")
            : null;
    }

    private static Status Overdue { get; } = new(StatusCode.DeadlineExceeded, "The deadline passed on the server.");

    /// <summary>Ends the call with the status of the handler, unless the deadline has ended it. Nothing touches the request afterwards.</summary>
    public async ValueTask<StatusCode> EndAsync(Status status)
    {
        if (_timer is not null)
        {
            // Waits for the callback when it runs at this moment.
            await _timer.DisposeAsync().ConfigureAwait(false);
        }

        switch (TakeOver())
        {
            case Idle:
                WriteStatus(status);
                break;
            case Writing:
                // The handler left a write behind: what is on the wire cannot be told.
                Reset(ResetInternalError);
                status = new Status(StatusCode.Internal, "");
                break;
            default:
                await _endedByDeadline.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                status = Overdue;
                break;
        }

        lock (_cancelLock)
        {
            _isFinished = true;
            _cancel?.Dispose();
        }

        return status.StatusCode;
    }

    private void OnDeadline()
    {
        CancellationTokenSource? cancel;
        lock (_cancelLock)
        {
            _isOverdue = true;
            cancel = _cancel;
        }

        switch (TakeOver())
        {
            case Idle:
                _endedByDeadline = CompleteOverdueAsync();
                break;
            case Writing:
                // A write that waits for the client's window would wait on; the reset wakes it, and says the same to the client.
                Reset(ResetCancel);
                break;
        }

        // Not on this thread: what the handler does when it is told must not stop the timers of the process, nor throw into them.
        _ = cancel?.CancelAsync();
    }

    private async Task CompleteOverdueAsync()
    {
        WriteStatus(Overdue);
        await _http.Response.CompleteAsync().ConfigureAwait(false);
    }

    private int TakeOver() => Interlocked.Exchange(ref _state, Over);

    private void EnterWrite()
    {
        switch (Interlocked.CompareExchange(ref _state, Writing, Idle))
        {
            case Writing:
                throw new InvalidOperationException("A write is under way: one WriteAsync at a time.");
            case Over:
                throw new OperationCanceledException("The call is over: nothing can be sent any more.");
        }
    }

    private void LeaveWrite() => Interlocked.CompareExchange(ref _state, Idle, Writing);

    private void Reset(int errorCode) => _http.Features.Get<IHttpResetFeature>()?.Reset(errorCode);

    /// <summary>Says how the call ended: in the headers while nothing was sent, in the trailers otherwise.</summary>
    private void WriteStatus(Status status)
    {
        var response = _http.Response;
        var target = response.HasStarted
            ? _http.Features.Get<IHttpResponseTrailersFeature>()!.Trailers
            : response.Headers;
        target[GrpcHeaders.Status] = CodeText(status.StatusCode);
        if (!string.IsNullOrEmpty(status.Detail))
        {
            target[GrpcHeaders.Message] = GrpcMessageText.Encode(status.Detail);
        }

        foreach (var entry in _trailers ?? Metadata.Empty)
        {
            target.Append(entry.Key, GrpcHeaders.ValueOf(entry));
        }
    }

    private static string CodeText(StatusCode code) => code == StatusCode.OK ? "0" : ((int)code).ToString(CultureInfo.InvariantCulture);
}
