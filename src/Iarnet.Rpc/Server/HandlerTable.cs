using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Iarnet.Rpc;

/// <summary>The methods that a server answers, by path.</summary>
internal sealed class HandlerTable(RpcServerOptions options, ILogger log) : ServiceBinderBase
{
    private readonly Dictionary<string, MethodHandler> _handlers = new(StringComparer.Ordinal);

    public IReadOnlyCollection<MethodHandler> Handlers => _handlers.Values;

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        Add(new UnaryHandler<TRequest, TResponse>(method, handler ?? throw Unhandled(method), options, log));

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
        Add(new ClientStreamingHandler<TRequest, TResponse>(method, handler ?? throw Unhandled(method), options, log));

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
        Add(new ServerStreamingHandler<TRequest, TResponse>(method, handler ?? throw Unhandled(method), options, log));

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
        Add(new DuplexStreamingHandler<TRequest, TResponse>(method, handler ?? throw Unhandled(method), options, log));

    public Task HandleAsync(HttpContext http, CancellationToken stopping)
    {
        var path = http.Request.Path.Value ?? "";
        if (_handlers.TryGetValue(path, out var handler))
        {
            return handler.HandleAsync(http, stopping);
        }

        Unknown(http, path);
        return Task.CompletedTask;
    }

    /// <summary>Answers a call that comes while the server stops; the client may try it elsewhere.</summary>
    public static void RefuseStopping(HttpContext http) => Refuse(http, new Status(StatusCode.Unavailable, "The server is stopping."));

    private static void Unknown(HttpContext http, string path)
    {
        if (!GrpcHeaders.IsGrpcContentType(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        Refuse(http, new Status(StatusCode.Unimplemented, $"The server has no method '{path}'."));
    }

    private static void Refuse(HttpContext http, Status status)
    {
        http.Response.ContentType = GrpcHeaders.ContentType;
        http.Response.Headers[GrpcHeaders.Status] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers[GrpcHeaders.Message] = GrpcMessageText.Encode(status.Detail);
    }

    private static InvalidOperationException Unhandled(IMethod method) => new($"The method {method.FullName} was bound without a handler.");

    private void Add(MethodHandler handler)
    {
        if (!_handlers.TryAdd(handler.Method.FullName, handler))
        {
            throw new InvalidOperationException($"The method {handler.Method.FullName} was added twice.");
        }
    }
}
