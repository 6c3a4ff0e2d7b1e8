namespace Iarnet.Rpc;

/// <summary>The responses of a streaming call.</summary>
internal sealed class ClientStreamReader<TRequest, TResponse>(ClientCall<TRequest, TResponse> call, Task sent) : IAsyncStreamReader<TResponse>
    where TRequest : class
    where TResponse : class
{
    private TResponse? _current;
    private int _isReading;

    public TResponse Current => _current ?? throw new InvalidOperationException("There is no current message: MoveNext was not awaited, or returned false.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isReading, 1) == 1)
        {
            throw new InvalidOperationException("A read is under way: one MoveNext at a time.");
        }

        try
        {
            _current = null;
            using (call.CancelBy(cancellationToken))
            {
                await sent.ConfigureAwait(false);
                _current = await call.ReadAsync().ConfigureAwait(false);
            }

            return _current is not null;
        }
        finally
        {
            Volatile.Write(ref _isReading, 0);
        }
    }
}
