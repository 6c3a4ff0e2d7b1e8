namespace Iarnet.Rpc;

/// <summary>The responses of a streaming method.</summary>
internal sealed class ServerStreamWriter<T>(HttpServerCallContext context, Marshaller<T> marshaller) : IServerStreamWriter<T>
    where T : class
{
    public Task WriteAsync(T message, CancellationToken cancellationToken = default) => context.WriteAsync(marshaller, message, cancellationToken);
}
