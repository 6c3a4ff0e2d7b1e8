namespace Iarnet.Rpc;

/// <summary>Handles calls with many messages of both sides.</summary>
internal sealed class DuplexStreamingHandler<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse> handler, RpcServerOptions options)
    : MethodHandler(method, options)
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(HttpServerCallContext context)
    {
        // The client may wait for the headers before it sends its first message.
        await context.StartResponseAsync().ConfigureAwait(false);
        await handler(new ServerStreamReader<TRequest>(context, method.RequestMarshaller), new ServerStreamWriter<TResponse>(context, method.ResponseMarshaller), context).ConfigureAwait(false);
    }
}
