using System.Net.Sockets;

namespace Iarnet.Rpc;

/// <content>The way back: messages, trailers, and what an exception means.</content>
internal sealed partial class ClientCall<TRequest, TResponse>
{
    /// <summary>Sends, and reads exactly one response.</summary>
    public async Task<TResponse> RunToOneResponseAsync()
    {
        await SendAsync().ConfigureAwait(false);
        var response = await ReadAsync().ConfigureAwait(false)
            ?? throw new RpcException(new Status(StatusCode.Internal, "The server ended the call well but sent no response."), GetTrailers());

        // The trailers come after the end of the body.
        return await ReadAsync().ConfigureAwait(false) is null
            ? response
            : throw Refused(new Status(StatusCode.Internal, "The server sent more than one response to a call that has one."));
    }

    /// <summary>The next response; null when the call ended well.</summary>
    public async ValueTask<TResponse?> ReadAsync()
    {
        if (Volatile.Read(ref _end) is { } ended)
        {
            return ended.Status.StatusCode == StatusCode.OK ? null : throw ended.ToException();
        }

        try
        {
            var message = await _reader!.ReadAsync(Method.ResponseMarshaller, _broken.Token).ConfigureAwait(false);
            if (message is not null)
            {
                return message;
            }

            _reader.Release();
            var end = End(ReadEnd(_response!));
            return end.Status.StatusCode == StatusCode.OK ? null : throw end.ToException();
        }
        catch (RpcException e) when (Volatile.Read(ref _end) is null)
        {
            throw Refused(e.Status);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw Refused(Explain(e));
        }
    }

    /// <summary>What a failed write means: the status of the call when it has one.</summary>
    public async ValueTask<Exception> WriteFailedAsync(Exception exception)
    {
        if (Volatile.Read(ref _cause) is { } cause)
        {
            return End(cause).ToException();
        }

        // The status is on its way to the reader and says more than a broken write does; but there may be no reader at the moment.
        await Task.WhenAny(EndedAsync, Task.Delay(StatusPatience, Channel.Options.TimeProvider)).ConfigureAwait(false);
        return Volatile.Read(ref _end) switch
        {
            null => new RpcException(new Status(StatusCode.Unavailable, "The server takes no more requests of this call; its status comes with the responses.", exception)),
            { Status.StatusCode: StatusCode.OK } => new InvalidOperationException("The server ended the call well before this request: none can follow.", exception),
            { } end => end.ToException(),
        };
    }

    private CallEnd ReadEnd(HttpResponseMessage response)
    {
        if (!TryReadStatus(response.TrailingHeaders, out var status) && !TryReadStatus(response.Headers, out status))
        {
            status = new Status(StatusCode.Internal, "The server ended the response without a status.");
        }
        else if (_reader!.IsTruncated && status.StatusCode == StatusCode.OK)
        {
            status = new Status(StatusCode.Internal, "The response ended inside a message.");
        }

        return new CallEnd(status, ToMetadata(response.TrailingHeaders));
    }

    /// <summary>Ends the call from this side; the server need not go on.</summary>
    private RpcException Refused(Status status)
    {
        var exception = Ended(status);
        _broken.Cancel();
        return exception;
    }

    /// <summary>What an exception of the transport means in the words of gRPC.</summary>
    private Status Explain(Exception exception)
    {
        if (Volatile.Read(ref _cause) is { } cause)
        {
            return cause.Status with { DebugException = exception };
        }

        // The server enforces the deadline too, and its reset may come before our timer.
        if (_remaining is { } remaining && Channel.Options.TimeProvider.GetElapsedTime(_started) >= remaining)
        {
            return Overdue.Status with { DebugException = exception };
        }

        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case RpcException rpc:
                    return rpc.Status;

                // The codes of RST_STREAM, RFC 9113 section 7, as gRPC over HTTP/2 maps them.
                case HttpProtocolException { ErrorCode: 0x7 }:
                    return new Status(StatusCode.Unavailable, "The server refused the stream.", exception);
                case HttpProtocolException { ErrorCode: 0x8 }:
                    return new Status(StatusCode.Cancelled, "The server cancelled the stream.", exception);
                case HttpProtocolException { ErrorCode: 0xb }:
                    return new Status(StatusCode.ResourceExhausted, "The server asks this client to calm down.", exception);
                case HttpProtocolException { ErrorCode: 0xc }:
                    return new Status(StatusCode.PermissionDenied, "The server asks for better transport security.", exception);
                case HttpProtocolException { ErrorCode: > 0 } protocol:
                    return new Status(StatusCode.Internal, $"The server broke off the stream with HTTP/2 error {protocol.ErrorCode}.", exception);
                case SocketException or ObjectDisposedException:
                    return new Status(StatusCode.Unavailable, $"The server at {Channel.Target} cannot be reached: {inner.Message}", exception);
            }
        }

        return exception is HttpRequestException or IOException
            ? new Status(StatusCode.Unavailable, $"The connection to {Channel.Target} broke: {exception.Message}", exception)
            : new Status(StatusCode.Internal, $"The call failed on this side: {exception.Message}", exception);
    }
}
