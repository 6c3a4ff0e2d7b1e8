using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Iarnet.Rpc;

/// <summary>A call on the server: its messages, its time, its end.</summary>
internal sealed class HttpServerCallContext : ServerCallContext, IDisposable
{
    private static readonly TimeSpan MaxTimer = TimeSpan.FromDays(40);

    private readonly HttpContext _http;
    private readonly IMethod _method;
    private readonly RpcServerOptions _options;
    private readonly CancellationTokenSource? _deadline;
    private readonly CancellationTokenSource _any;
    private readonly PipeMessageReader _reader;
    private readonly PipeMessageWriter _writer;
    private Metadata? _headers;
    private Metadata? _trailers;

    public HttpServerCallContext(HttpContext http, IMethod method, RpcServerOptions options, CancellationToken stopping)
    {
        _http = http;
        _method = method;
        _options = options;
        _reader = new PipeMessageReader(http.Request.BodyReader, options.MaxReceiveMessageSize);
        _writer = new PipeMessageWriter(http.Response.BodyWriter, options.MaxSendMessageSize);
        if (GrpcTimeout.TryParse(http.Request.Headers[GrpcHeaders.Timeout], out var timeout) && timeout < MaxTimer)
        {
            Deadline = options.TimeProvider.GetUtcNow().UtcDateTime + timeout;
            _deadline = new CancellationTokenSource(timeout, options.TimeProvider);
        }

        _any = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping, _deadline?.Token ?? CancellationToken.None);
    }

    public override string Method => _method.FullName;

    public override string Host => _http.Request.Host.Value ?? "";

    public override string Peer => _http.Connection.RemoteIpAddress is { } address
        ? $"{(address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "ipv6" : "ipv4")}:{address}:{_http.Connection.RemotePort}"
        : "unix:";

    public override DateTime Deadline { get; } = DateTime.MaxValue;

    public override Metadata RequestHeaders => _headers ??= ReadHeaders();

    public override Metadata ResponseTrailers => _trailers ??= [];

    public override Status Status { get; set; } = Status.DefaultSuccess;

    public override CancellationToken CancellationToken => _any.Token;

    /// <summary>Whether the deadline has passed.</summary>
    public bool IsOverdue => _deadline is { IsCancellationRequested: true };

    /// <summary>Refuses what this side does not speak.</summary>
    public void Start()
    {
        var encoding = _http.Request.Headers[GrpcHeaders.Encoding].ToString();
        if (encoding.Length > 0 && encoding != GrpcHeaders.Identity)
        {
            throw new RpcException(new Status(StatusCode.Unimplemented, $"The encoding '{encoding}' is not taken here; only '{GrpcHeaders.Identity}' is."));
        }
    }

    public override async Task WriteResponseHeadersAsync(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        if (_http.Response.HasStarted)
        {
            throw new InvalidOperationException("The response headers were sent already.");
        }

        foreach (var entry in responseHeaders)
        {
            _http.Response.Headers.Append(entry.Key, GrpcHeaders.ValueOf(entry));
        }

        await StartResponseAsync().ConfigureAwait(false);
    }

    public async Task StartResponseAsync() => await _http.Response.BodyWriter.FlushAsync(_any.Token).ConfigureAwait(false);

    public async ValueTask<T?> ReadAsync<T>(Marshaller<T> marshaller, CancellationToken cancellationToken)
        where T : class
    {
        if (!cancellationToken.CanBeCanceled || cancellationToken == _any.Token)
        {
            return await _reader.ReadAsync(marshaller, _any.Token).ConfigureAwait(false);
        }

        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _any.Token);
        return await _reader.ReadAsync(marshaller, linked.Token).ConfigureAwait(false);
    }

    public async ValueTask<T> ReadSingleAsync<T>(Marshaller<T> marshaller)
        where T : class =>
        await _reader.ReadAsync(marshaller, _any.Token).ConfigureAwait(false)
            ?? throw new RpcException(new Status(StatusCode.Internal, "The client ended the call without its request."));

    public async Task WriteAsync<T>(Marshaller<T> marshaller, T message, bool flush, CancellationToken cancellationToken)
        where T : class
    {
        if (message is null)
        {
            throw new RpcException(new Status(StatusCode.Internal, "The handler returned no message."));
        }

        _any.Token.ThrowIfCancellationRequested();
        _writer.Write(marshaller, message);
        if (!flush)
        {
            return;
        }

        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _any.Token);
        await _http.Response.BodyWriter.FlushAsync(linked.Token).ConfigureAwait(false);
    }

    public void AddTrailers(Metadata trailers)
    {
        foreach (var entry in trailers)
        {
            ResponseTrailers.Add(entry);
        }
    }

    /// <summary>What an exception of the handler means to the client.</summary>
    public Status Explain(Exception exception)
    {
        if (_any.IsCancellationRequested && exception is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            return _http.RequestAborted.IsCancellationRequested
                ? new Status(StatusCode.Cancelled, "The client gave the call up.")
                : new Status(StatusCode.Unavailable, "The server is stopping.");
        }

        return new Status(StatusCode.Unknown, _options.IncludeExceptionDetails
            ? $"Exception was thrown by handler. {exception.GetType().Name}: {exception.Message}"
            : "Exception was thrown by handler.");
    }

    /// <summary>Says how the call ended: in the headers while nothing was sent, in the trailers otherwise.</summary>
    public void WriteStatus(Status status)
    {
        if (_http.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        Append(GrpcHeaders.Status, ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture));
        if (!string.IsNullOrEmpty(status.Detail))
        {
            Append(GrpcHeaders.Message, GrpcMessageText.Encode(status.Detail));
        }

        foreach (var entry in _trailers ?? Metadata.Empty)
        {
            Append(entry.Key, GrpcHeaders.ValueOf(entry));
        }
    }

    public void Dispose()
    {
        _any.Dispose();
        _deadline?.Dispose();
    }

    private void Append(string key, string value)
    {
        // A unary response that is written but not flushed has not started: its status still belongs behind it.
        if (_http.Response.HasStarted || _http.Response.BodyWriter.UnflushedBytes > 0)
        {
            _http.Response.AppendTrailer(key, value);
        }
        else
        {
            _http.Response.Headers.Append(key, value);
        }
    }

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
