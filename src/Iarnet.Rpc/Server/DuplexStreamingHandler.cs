using Microsoft.Extensions.Logging;

namespace Iarnet.Rpc;

/// <summary>Handles calls with many messages of both sides.</summary>
internal sealed class DuplexStreamingHandler<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse> handler, RpcServerOptions options, ILogger log)
    : MethodHandler(method, options, log)
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(HttpServerCallContext context)
    {
        await handler(new ServerStreamReader<TRequest>(context, method.RequestMarshaller), new ServerStreamWriter<TResponse>(context, method.ResponseMarshaller), context).ConfigureAwait(false);
    }
}
