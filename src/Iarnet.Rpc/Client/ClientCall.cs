using System.IO.Pipelines;

namespace Iarnet.Rpc;

/// <summary>One call: its request on the wire, its end by deadline, cancellation or status. The stream types are its two sides.</summary>
internal sealed partial class ClientCall<TRequest, TResponse> : ICallState
    where TRequest : class
    where TResponse : class
{
    /// <summary>The longest time that a timer takes.</summary>
    private static readonly TimeSpan MaxTimer = TimeSpan.FromDays(40);

    private readonly RpcChannel _channel;
    private readonly Method<TRequest, TResponse> _method;
    private readonly string? _host;
    private readonly CallOptions _options;
    private readonly TimeSpan? _remaining;
    private readonly CancellationTokenSource _gone = new();
    private readonly CancellationTokenSource? _deadline;
    private readonly CancellationTokenSource _any;
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _ending = new();
    private HttpResponseMessage? _response;
    private PipeReader? _pipe;
    private PipeMessageReader? _reader;
    private Status? _status;
    private Metadata _trailers = Metadata.Empty;

    public ClientCall(RpcChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        _channel = channel;
        _method = method;
        _host = host;
        _options = options;
        if (options.Deadline is { } deadline && deadline != DateTime.MaxValue)
        {
            var remaining = deadline.ToUniversalTime() - channel.Options.TimeProvider.GetUtcNow().UtcDateTime;
            _remaining = remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
            _deadline = new CancellationTokenSource(remaining < MaxTimer ? _remaining.Value : MaxTimer, channel.Options.TimeProvider);
        }

        _any = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken, _gone.Token, _deadline?.Token ?? CancellationToken.None);

        // A call whose headers nobody asks for must not raise an unobserved exception.
        _ = _headers.Task.ContinueWith(
            static task => _ = task.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    public Task<Metadata> ResponseHeadersAsync => _headers.Task;

    /// <summary>Cancelled when the call ends before its time.</summary>
    public CancellationToken Token => _any.Token;

    public RpcChannelOptions ChannelOptions => _channel.Options;

    public Marshaller<TRequest> RequestMarshaller => _method.RequestMarshaller;

    public Status GetStatus() => _status ?? throw new InvalidOperationException("The call has not ended: its status is not known yet.");

    public Metadata GetTrailers() => _status is null ? throw new InvalidOperationException("The call has not ended: its trailers are not known yet.") : _trailers;

    public void Dispose()
    {
        if (_status is null)
        {
            // The request is torn down, which resets the stream: the server sees the call cancelled.
            _gone.Cancel();
        }

        _response?.Dispose();
    }

    public HttpContent SingleContent(TRequest request) => new SingleMessageContent<TRequest>(_method.RequestMarshaller, request, _channel.Options.MaxSendMessageSize);

    /// <summary>Ends the call; the first end counts.</summary>
    private Status End(Status status, Metadata? trailers = null)
    {
        lock (_ending)
        {
            if (_status is { } ended)
            {
                return ended;
            }

            _trailers = trailers ?? Metadata.Empty;
            _status = status;
        }

        if (status.StatusCode != StatusCode.OK)
        {
            _headers.TrySetException(new RpcException(status, _trailers));
            _response?.Dispose();
        }

        // The timer of the deadline ends with the call. The token source itself stays usable: the other side of a stream may still look at it.
        _deadline?.CancelAfter(Timeout.InfiniteTimeSpan);
        return status;
    }
}
