using Microsoft.Extensions.Logging;

namespace Iarnet.Rpc;

/// <summary>Handles unary calls.</summary>
internal sealed class UnaryHandler<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> handler, RpcServerOptions options, ILogger log)
    : MethodHandler(method, options, log)
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(HttpServerCallContext context)
    {
        var request = await context.ReadSingleAsync(method.RequestMarshaller).ConfigureAwait(false);
        var response = await handler(request, context).ConfigureAwait(false);
        await context.WriteSingleAsync(method.ResponseMarshaller, response).ConfigureAwait(false);
    }
}
