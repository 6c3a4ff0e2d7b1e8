using Microsoft.Extensions.Logging;

namespace Iarnet.Rpc;

/// <summary>Handles calls with many requests.</summary>
internal sealed class ClientStreamingHandler<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse> handler, RpcServerOptions options, ILogger log)
    : MethodHandler(method, options, log)
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(HttpServerCallContext context)
    {
        var response = await handler(new ServerStreamReader<TRequest>(context, method.RequestMarshaller), context).ConfigureAwait(false);
        await context.WriteSingleAsync(method.ResponseMarshaller, response).ConfigureAwait(false);
    }
}
