using System.Net.Sockets;

namespace Iarnet.Rpc;

/// <content>The way back: messages, trailers, and what an exception means.</content>
internal sealed partial class ClientCall<TRequest, TResponse>
{
    /// <summary>Sends, and reads exactly one response.</summary>
    public async Task<TResponse> RunToOneResponseAsync(HttpContent content)
    {
        await SendAsync(content).ConfigureAwait(false);
        var response = await ReadAsync(CancellationToken.None).ConfigureAwait(false)
            ?? throw Ended(new Status(StatusCode.Internal, "The server ended the call well but sent no response."));

        // The trailers come after the end of the body.
        return await ReadAsync(CancellationToken.None).ConfigureAwait(false) is null
            ? response
            : throw Ended(new Status(StatusCode.Internal, "The server sent more than one response to a call that has one."));
    }

    /// <summary>The next response; null when the call ended well.</summary>
    public async ValueTask<TResponse?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_status is { } ended)
        {
            return ended.StatusCode == StatusCode.OK ? null : throw new RpcException(ended, _trailers);
        }

        try
        {
            TResponse? message;
            using (cancellationToken.UnsafeRegister(static state => ((ClientCall<TRequest, TResponse>)state!)._gone.Cancel(), this))
            {
                message = await _reader!.ReadAsync(_method.ResponseMarshaller, _any.Token).ConfigureAwait(false);
            }

            if (message is not null)
            {
                return message;
            }

            await _pipe!.CompleteAsync().ConfigureAwait(false);
            var status = TryReadStatus(_response!.TrailingHeaders, out var late) || TryReadStatus(_response.Headers, out late)
                ? late
                : new Status(StatusCode.Internal, "The server ended the response without a status.");
            status = End(status, ToMetadata(_response.TrailingHeaders));
            return status.StatusCode == StatusCode.OK ? null : throw new RpcException(status, _trailers);
        }
        catch (RpcException e)
        {
            // Refused on this side (its size, say): the server need not go on.
            End(e.Status);
            await _gone.CancelAsync().ConfigureAwait(false);
            throw;
        }
        catch (Exception e)
        {
            throw Ended(Explain(e));
        }
    }

    /// <summary>Ends the call and makes the exception that says so.</summary>
    public RpcException Ended(Status status, Metadata? trailers = null)
    {
        status = End(status, trailers);
        return new RpcException(status, _trailers);
    }

    /// <summary>What an exception of the transport means in the words of gRPC.</summary>
    public Status Explain(Exception exception)
    {
        if (_deadline is { IsCancellationRequested: true })
        {
            return new Status(StatusCode.DeadlineExceeded, "The deadline passed before the call ended.", exception);
        }

        if (_options.CancellationToken.IsCancellationRequested || _gone.IsCancellationRequested)
        {
            return new Status(StatusCode.Cancelled, "The call was cancelled by this side.", exception);
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
                    return new Status(StatusCode.Unavailable, $"The server at {_channel.Target} cannot be reached: {inner.Message}", exception);
            }
        }

        return exception is HttpRequestException or IOException
            ? new Status(StatusCode.Unavailable, $"The connection to {_channel.Target} broke: {exception.Message}", exception)
            : new Status(StatusCode.Internal, $"The call failed on this side: {exception.Message}", exception);
    }
}
