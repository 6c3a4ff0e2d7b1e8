using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;

namespace Iarnet.Rpc;

/// <content>The way out: request and response headers.</content>
internal sealed partial class ClientCall<TRequest, TResponse>
{
    /// <summary>Sends the request; completes when the response headers are there. Throws an <see cref="RpcException"/> when the call is over by then.</summary>
    public async Task SendAsync(HttpContent content)
    {
        try
        {
            if (_remaining == TimeSpan.Zero)
            {
                throw Ended(new Status(StatusCode.DeadlineExceeded, "The deadline was over before the call began."));
            }

            using var request = CreateRequest(content);
            _response = await _channel.Invoker.SendAsync(request, _any.Token).ConfigureAwait(false);
            await ReadHeadersAsync(_response).ConfigureAwait(false);
        }
        catch (RpcException)
        {
            throw;
        }
        catch (Exception e)
        {
            throw Ended(Explain(e));
        }
    }

    private HttpRequestMessage CreateRequest(HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue(GrpcHeaders.ContentType);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_channel.Address.Uri, _method.FullName))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        if (_host is not null)
        {
            request.Headers.Host = _host;
        }

        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation(GrpcHeaders.AcceptEncoding, GrpcHeaders.Identity);
        if (_remaining is { } remaining)
        {
            request.Headers.TryAddWithoutValidation(GrpcHeaders.Timeout, GrpcTimeout.Format(remaining));
        }

        foreach (var entry in _options.Headers ?? Metadata.Empty)
        {
            request.Headers.TryAddWithoutValidation(entry.Key, GrpcHeaders.ValueOf(entry));
        }

        return request;
    }

    private async Task ReadHeadersAsync(HttpResponseMessage response)
    {
        var headers = ToMetadata(response.Headers);

        // An error before the first byte of the body comes with everything in the headers.
        if (TryReadStatus(response.Headers, out var early) && early.StatusCode != StatusCode.OK)
        {
            throw Ended(early, headers);
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw Ended(new Status(FromHttp(response.StatusCode), $"The server answered with HTTP status {(int)response.StatusCode} instead of a gRPC response."), headers);
        }

        var contentType = response.Content.Headers.ContentType?.ToString();
        if (!GrpcHeaders.IsGrpcContentType(contentType))
        {
            throw Ended(new Status(StatusCode.Unknown, $"The server answered with content of type '{contentType}' instead of a gRPC response."), headers);
        }

        _headers.TrySetResult(headers);
        _pipe = PipeReader.Create(
            await response.Content.ReadAsStreamAsync(_any.Token).ConfigureAwait(false),
            new StreamPipeReaderOptions(bufferSize: 16 << 10, minimumReadSize: 4 << 10));
        _reader = new PipeMessageReader(_pipe, _channel.Options.MaxReceiveMessageSize);
    }

    private static bool TryReadStatus(HttpResponseHeaders headers, out Status status)
    {
        status = default;
        if (!headers.NonValidated.TryGetValues(GrpcHeaders.Status, out var codes) || !int.TryParse(codes.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            return false;
        }

        var text = headers.NonValidated.TryGetValues(GrpcHeaders.Message, out var messages) ? GrpcMessageText.Decode(messages.ToString()) : "";
        status = new Status(Enum.IsDefined((StatusCode)code) ? (StatusCode)code : StatusCode.Unknown, text);
        return true;
    }

    private static Metadata ToMetadata(HttpResponseHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (key, values) in headers.NonValidated)
        {
            foreach (var value in values)
            {
                GrpcHeaders.Read(metadata, key, value);
            }
        }

        return metadata;
    }

    private static StatusCode FromHttp(HttpStatusCode code) => code switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };
}
