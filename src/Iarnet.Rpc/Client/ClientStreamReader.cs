namespace Iarnet.Rpc;

/// <summary>The responses of a streaming call.</summary>
internal sealed class ClientStreamReader<TRequest, TResponse>(ClientCall<TRequest, TResponse> call, Task sent) : IAsyncStreamReader<TResponse>
    where TRequest : class
    where TResponse : class
{
    private TResponse? _current;

    public TResponse Current => _current ?? throw new InvalidOperationException("There is no current message: MoveNext was not awaited, or returned false.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        _current = null;
        await sent.ConfigureAwait(false);
        _current = await call.ReadAsync(cancellationToken).ConfigureAwait(false);
        return _current is not null;
    }
}
