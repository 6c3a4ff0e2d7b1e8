namespace Iarnet.Rpc;

/// <summary>Handles calls with many requests.</summary>
internal sealed class ClientStreamingHandler<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse> handler, RpcServerOptions options)
    : MethodHandler(method, options)
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(HttpServerCallContext context)
    {
        // The client may wait for the headers before it sends its first message.
        await context.StartResponseAsync().ConfigureAwait(false);
        var response = await handler(new ServerStreamReader<TRequest>(context, method.RequestMarshaller), context).ConfigureAwait(false);
        await context.WriteAsync(method.ResponseMarshaller, response, flush: false, CancellationToken.None).ConfigureAwait(false);
    }
}
