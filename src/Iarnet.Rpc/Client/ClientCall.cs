using System.Diagnostics;

namespace Iarnet.Rpc;

/// <summary>One call: its request on the wire, its end by deadline, cancellation or status. The stream types are its two sides.</summary>
internal sealed partial class ClientCall<TRequest, TResponse> : ICallState
    where TRequest : class
    where TResponse : class
{
    /// <summary>The longest time that a timer takes.</summary>
    private static readonly TimeSpan MaxTimer = TimeSpan.FromDays(40);

    /// <summary>How long a failed write waits for the status that explains it.</summary>
    private static readonly TimeSpan StatusPatience = TimeSpan.FromSeconds(1);

    private readonly CallOptions _options;
    private readonly string? _host;
    private readonly CallContent _content;
    private readonly CancellationTokenSource _broken = new();
    private readonly CancellationTokenRegistration _byCaller;
    private readonly ITimer? _timer;
    private readonly TimeSpan? _remaining;
    private readonly long _started;
    private readonly Activity? _activity;
    private readonly Lock _settling = new();
    private TaskCompletionSource<Metadata>? _headers;
    private TaskCompletionSource? _ended;
    private HttpResponseMessage? _response;
    private StreamMessageReader? _reader;
    private CallEnd? _end;
    private CallEnd? _cause;

    public ClientCall(RpcChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options, CallContent content)
    {
        Channel = channel;
        Method = method;
        _host = host;
        _options = options;
        _content = content;
        var time = channel.Options.TimeProvider;
        _started = time.GetTimestamp();
        _activity = RpcTelemetry.Activities.HasListeners() ? RpcTelemetry.Activities.StartActivity(method.FullName[1..], ActivityKind.Client) : null;
        if (options.Deadline is { } deadline && deadline != DateTime.MaxValue)
        {
            var remaining = deadline.ToUniversalTime() - time.GetUtcNow().UtcDateTime;
            _remaining = remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
            if (_remaining == TimeSpan.Zero)
            {
                Break(Overdue);
            }
            else if (remaining < MaxTimer)
            {
                _timer = time.CreateTimer(static state => ((ClientCall<TRequest, TResponse>)state!).Break(Overdue), this, remaining, Timeout.InfiniteTimeSpan);
            }
        }

        _byCaller = CancelBy(options.CancellationToken);
    }

    public RpcChannel Channel { get; }

    public Method<TRequest, TResponse> Method { get; }

    /// <summary>Cancelled when the call is broken off on this side.</summary>
    public CancellationToken Token => _broken.Token;

    /// <summary>Whether this side broke the call off, by deadline or cancellation.</summary>
    public bool IsBroken => Volatile.Read(ref _cause) is not null;

    public Task<Metadata> ResponseHeadersAsync
    {
        get
        {
            lock (_settling)
            {
                if (_headers is null)
                {
                    _headers = new TaskCompletionSource<Metadata>(TaskCreationOptions.RunContinuationsAsynchronously);
                    TrySettleHeaders();
                }

                return _headers.Task;
            }
        }
    }

    private Task EndedAsync
    {
        get
        {
            lock (_settling)
            {
                _ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                if (_end is not null)
                {
                    _ended.TrySetResult();
                }

                return _ended.Task;
            }
        }
    }

    private static CallEnd Overdue { get; } = new(new Status(StatusCode.DeadlineExceeded, "The deadline passed before the call ended."), Metadata.Empty);

    private static CallEnd CancelledHere { get; } = new(new Status(StatusCode.Cancelled, "The call was cancelled by this side."), Metadata.Empty);

    public Status GetStatus() => Volatile.Read(ref _end)?.Status ?? throw new InvalidOperationException("The call has not ended: its status is not known yet.");

    public Metadata GetTrailers() => Volatile.Read(ref _end)?.Trailers ?? throw new InvalidOperationException("The call has not ended: its trailers are not known yet.");

    public void Dispose()
    {
        if (Volatile.Read(ref _end) is null)
        {
            Break(CancelledHere);
            End(CancelledHere);
        }
    }

    /// <summary>Breaks the call off when the token is cancelled, as long as the registration lives.</summary>
    public CancellationTokenRegistration CancelBy(CancellationToken token) =>
        token.CanBeCanceled ? token.UnsafeRegister(static state => ((ClientCall<TRequest, TResponse>)state!).Break(CancelledHere), this) : default;

    /// <summary>Ends the call and makes the exception that says how it ended; the first end counts.</summary>
    private RpcException Ended(Status status, Metadata? trailers = null) => End(new CallEnd(status, trailers ?? Metadata.Empty)).ToException();

    /// <summary>Breaks the call off on this side: what waits for the transport is woken, and the stream is reset, so that the server sees it.</summary>
    private void Break(CallEnd cause)
    {
        if (Volatile.Read(ref _end) is not null || Interlocked.CompareExchange(ref _cause, cause, null) is not null)
        {
            return;
        }

        _broken.Cancel();

        // A response that nobody reads at the moment has nothing to wake; its stream is reset by this.
        Volatile.Read(ref _response)?.Dispose();
    }

    private CallEnd End(CallEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, end, null) is { } earlier)
        {
            return earlier;
        }

        _timer?.Dispose();
        _byCaller.Unregister();
        if (_content.Abandon(asEnd: end.Status.StatusCode == StatusCode.OK))
        {
            _broken.Cancel();
        }

        Volatile.Read(ref _response)?.Dispose();
        lock (_settling)
        {
            TrySettleHeaders();
            _ended?.TrySetResult();
        }

        if (RpcTelemetry.ClientDuration.Enabled)
        {
            RpcTelemetry.Record(RpcTelemetry.ClientDuration, Channel.Options.TimeProvider.GetElapsedTime(_started), Method, end.Status.StatusCode);
        }

        RpcTelemetry.End(_activity, end.Status.StatusCode);
        return end;
    }

    private void TrySettleHeaders()
    {
        if (_headers is null)
        {
            return;
        }

        if (_reader is not null)
        {
            _headers.TrySetResult(ToMetadata(_response!.Headers));
        }
        else if (_end is { } end)
        {
            _headers.TrySetException(end.ToException());

            // Headers that nobody awaits must not raise an unobserved exception.
            _ = _headers.Task.Exception;
        }
    }
}
