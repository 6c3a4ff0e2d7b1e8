namespace Iarnet.Rpc;

/// <summary>The requests of a streaming method.</summary>
internal sealed class ServerStreamReader<T>(HttpServerCallContext context, Marshaller<T> marshaller) : IAsyncStreamReader<T>
    where T : class
{
    private T? _current;

    public T Current => _current ?? throw new InvalidOperationException("There is no current message: MoveNext was not awaited, or returned false.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        _current = null;
        _current = await context.ReadAsync(marshaller, cancellationToken).ConfigureAwait(false);
        return _current is not null;
    }
}
