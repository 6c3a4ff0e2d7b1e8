using Iarnet.Rpc;

namespace Iarnet.Store.Client;

/// <summary>The statuses of the service as the errors they were there.</summary>
internal static class StoreErrors
{
    public static Exception ToTyped(RpcException error, string target, CancellationToken cancellationToken) => error.StatusCode switch
    {
        StatusCode.Cancelled when cancellationToken.IsCancellationRequested => new OperationCanceledException(error.Message, error, cancellationToken),
        StatusCode.NotFound => new ObjectNotFoundException(error.Status.Detail, error),
        StatusCode.ResourceExhausted => new StoreFullException(error.Status.Detail, error),
        StatusCode.OutOfRange => new MessageTooLargeException(error.Status.Detail, error),
        StatusCode.DataLoss => new ObjectDamagedException(error.Status.Detail, error),
        StatusCode.Aborted => new StreamFailedException(error.Status.Detail, error),
        StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled or StatusCode.Unimplemented =>
            new StoreUnavailableException($"The store at '{target}' did not answer ({error.StatusCode}): {error.Status.Detail} See that its node runs and that this is its address.", error),
        _ => new IarnetException($"The store at '{target}' refused ({error.StatusCode}): {error.Status.Detail}", error),
    };
}
