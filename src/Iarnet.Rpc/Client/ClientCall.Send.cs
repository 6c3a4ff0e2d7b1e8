using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Iarnet.Rpc;

/// <content>The way out: request and response headers.</content>
internal sealed partial class ClientCall<TRequest, TResponse>
{
    /// <summary>Sends the request; completes when the response headers are there. Throws an <see cref="RpcException"/> when the call is over by then.</summary>
    public async Task SendAsync()
    {
        try
        {
            _broken.Token.ThrowIfCancellationRequested();
            using var request = CreateRequest();
            var response = await Channel.Invoker.SendAsync(request, _broken.Token).ConfigureAwait(false);
            Volatile.Write(ref _response, response);
            if (_broken.IsCancellationRequested)
            {
                // Broken off between the arrival of the headers and the line above: nobody else resets the stream.
                response.Dispose();
                _broken.Token.ThrowIfCancellationRequested();
            }

            CheckHeaders(response);
            var stream = await response.Content.ReadAsStreamAsync(_broken.Token).ConfigureAwait(false);
            lock (_settling)
            {
                _reader = new StreamMessageReader(stream, Channel.Options.MaxReceiveMessageSize);
                TrySettleHeaders();
            }
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

    private HttpRequestMessage CreateRequest()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Channel.UriOf(Method.FullName))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = _content,
        };
        var headers = request.Headers;
        if (_host is not null)
        {
            headers.Host = _host;
        }

        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation(GrpcHeaders.AcceptEncoding, GrpcHeaders.Identity);
        if (_remaining is { } remaining)
        {
            headers.TryAddWithoutValidation(GrpcHeaders.Timeout, GrpcTimeout.Format(remaining));
        }

        foreach (var entry in _options.Headers ?? Metadata.Empty)
        {
            headers.TryAddWithoutValidation(entry.Key, GrpcHeaders.ValueOf(entry));
        }

        if ((_activity ?? Activity.Current) is { } activity)
        {
            DistributedContextPropagator.Current.Inject(activity, headers, static (carrier, key, value) =>
            {
                var target = (HttpRequestHeaders)carrier!;
                if (!target.NonValidated.Contains(key))
                {
                    target.TryAddWithoutValidation(key, value);
                }
            });
        }

        return request;
    }

    private void CheckHeaders(HttpResponseMessage response)
    {
        // An error before the first byte of the body comes with everything in the headers.
        if (TryReadStatus(response.Headers, out var early) && early.StatusCode != StatusCode.OK)
        {
            throw Ended(early, ToMetadata(response.Headers));
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw Ended(new Status(FromHttp(response.StatusCode), $"The server answered with HTTP status {(int)response.StatusCode} instead of a gRPC response."), ToMetadata(response.Headers));
        }

        var contentType = response.Content.Headers.NonValidated.TryGetValues("content-type", out var values) ? values.ToString() : "";
        if (!GrpcHeaders.IsGrpcContentType(contentType))
        {
            throw Ended(new Status(StatusCode.Unknown, $"The server answered with content of type '{contentType}' instead of a gRPC response."), ToMetadata(response.Headers));
        }
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
