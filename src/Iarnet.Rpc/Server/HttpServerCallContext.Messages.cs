using Microsoft.AspNetCore.Http;

namespace Iarnet.Rpc;

/// <content>Messages and headers, both ways.</content>
internal sealed partial class HttpServerCallContext
{
    private readonly PipeMessageReader _reader;
    private readonly PipeMessageWriter _writer;

    public ValueTask<T> ReadSingleAsync<T>(Marshaller<T> marshaller)
        where T : class => _reader.ReadSingleAsync(marshaller);

    public async ValueTask<T?> ReadAsync<T>(Marshaller<T> marshaller, CancellationToken cancellationToken)
        where T : class
    {
        var call = CancellationToken;
        if (!cancellationToken.CanBeCanceled || cancellationToken == call)
        {
            return await _reader.ReadAsync(marshaller, call).ConfigureAwait(false);
        }

        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call);
        return await _reader.ReadAsync(marshaller, linked.Token).ConfigureAwait(false);
    }

    /// <summary>Writes the only message of a response; it leaves together with the trailers.</summary>
    public async ValueTask WriteSingleAsync<T>(Marshaller<T> marshaller, T message)
        where T : class
    {
        // A status other than OK stands alone.
        if (Status.StatusCode != StatusCode.OK)
        {
            return;
        }

        EnterWrite();
        try
        {
            RequireMessage(message);
            await _http.Response.StartAsync(CancellationToken.None).ConfigureAwait(false);
            _writer.Write(marshaller, message);
        }
        finally
        {
            LeaveWrite();
        }
    }

    public async Task WriteAsync<T>(Marshaller<T> marshaller, T message, CancellationToken cancellationToken)
        where T : class
    {
        cancellationToken.ThrowIfCancellationRequested();
        EnterWrite();
        try
        {
            RequireMessage(message);
            if (!_http.Response.HasStarted)
            {
                await _http.Response.StartAsync(CancellationToken.None).ConfigureAwait(false);
            }

            _writer.Write(marshaller, message);
            await _http.Response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            LeaveWrite();
        }

        // Kestrel takes writes to a broken stream without a word; a handler that streams should hear of it.
        _http.RequestAborted.ThrowIfCancellationRequested();
    }

    public override async Task WriteResponseHeadersAsync(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        EnterWrite();
        try
        {
            if (_http.Response.HasStarted)
            {
                throw new InvalidOperationException("The response headers were sent already.");
            }

            foreach (var entry in responseHeaders)
            {
                _http.Response.Headers.Append(entry.Key, GrpcHeaders.ValueOf(entry));
            }

            await _http.Response.BodyWriter.FlushAsync().ConfigureAwait(false);
        }
        finally
        {
            LeaveWrite();
        }
    }

    private static void RequireMessage(object? message)
    {
        if (message is null)
        {
            throw new RpcException(new Status(StatusCode.Internal, "The handler returned no message."));
        }
    }
}
