using Microsoft.Extensions.Logging;

namespace Iarnet.Rpc;

/// <summary>Handles calls with many responses.</summary>
internal sealed class ServerStreamingHandler<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse> handler, RpcServerOptions options, ILogger log)
    : MethodHandler(method, options, log)
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(HttpServerCallContext context)
    {
        var request = await context.ReadSingleAsync(method.RequestMarshaller).ConfigureAwait(false);
        await handler(request, new ServerStreamWriter<TResponse>(context, method.ResponseMarshaller), context).ConfigureAwait(false);
    }
}
