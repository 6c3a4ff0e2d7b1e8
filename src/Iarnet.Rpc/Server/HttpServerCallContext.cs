using Microsoft.AspNetCore.Http;

namespace Iarnet.Rpc;

/// <summary>A call on the server, as its handler sees it. Its messages and its end stand in the other parts.</summary>
internal sealed partial class HttpServerCallContext : ServerCallContext
{
    private readonly HttpContext _http;
    private readonly IMethod _method;
    private readonly RpcServerOptions _options;
    private readonly CancellationToken _stopping;
    private readonly Lock _cancelLock = new();
    private readonly long _started;
    private CancellationTokenSource? _cancel;
    private Metadata? _headers;
    private Metadata? _trailers;

    public HttpServerCallContext(HttpContext http, IMethod method, RpcServerOptions options, CancellationToken stopping)
    {
        _http = http;
        _method = method;
        _options = options;
        _stopping = stopping;
        _started = options.TimeProvider.GetTimestamp();
        _reader = new PipeMessageReader(http.Request.BodyReader, options.MaxReceiveMessageSize);
        _writer = new PipeMessageWriter(http.Response.BodyWriter, options.MaxSendMessageSize);
    }

    public override string Method => _method.FullName;

    public override string Host => _http.Request.Host.Value ?? "";

    public override string Peer => _http.Connection.RemoteIpAddress is { } address
        ? $"{(address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "ipv6" : "ipv4")}:{address}:{_http.Connection.RemotePort}"
        : "unix:";

    public override DateTime Deadline => _deadline;

    public override Metadata RequestHeaders => _headers ??= ReadHeaders();

    public override Metadata ResponseTrailers => _trailers ??= [];

    public override Status Status { get; set; } = Status.DefaultSuccess;

    /// <summary>Made when first asked for: most unary handlers never look at it.</summary>
    public override CancellationToken CancellationToken
    {
        get
        {
            lock (_cancelLock)
            {
                if (_cancel is null)
                {
                    if (_isFinished)
                    {
                        // The request belongs to another call by now.
                        return new CancellationToken(canceled: true);
                    }

                    _cancel = CancellationTokenSource.CreateLinkedTokenSource(_http.RequestAborted, _stopping);
                    if (_isOverdue)
                    {
                        _cancel.Cancel();
                    }
                }

                return _cancel.Token;
            }
        }
    }

    public TimeSpan Elapsed => _options.TimeProvider.GetElapsedTime(_started);

    private Metadata ReadHeaders()
    {
        var headers = new Metadata();
        foreach (var (key, values) in _http.Request.Headers)
        {
            foreach (var value in values)
            {
                GrpcHeaders.Read(headers, key, value);
            }
        }

        return headers;
    }
}
