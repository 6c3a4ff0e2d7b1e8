namespace Iarnet.Rpc;

/// <summary>Handles unary calls.</summary>
internal sealed class UnaryHandler<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> handler, RpcServerOptions options)
    : MethodHandler(method, options)
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(HttpServerCallContext context)
    {
        var request = await context.ReadSingleAsync(method.RequestMarshaller).ConfigureAwait(false);
        var response = await handler(request, context).ConfigureAwait(false);
        await context.WriteAsync(method.ResponseMarshaller, response, flush: false, CancellationToken.None).ConfigureAwait(false);
    }
}
