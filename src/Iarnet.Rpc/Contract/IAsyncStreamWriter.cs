namespace Iarnet.Rpc;

/// <summary>Takes messages to send. One writer at a time.</summary>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>Sends a message; completes when the transport has taken it, so that a slow receiver slows the sender.</summary>
    Task WriteAsync(T message, CancellationToken cancellationToken = default);
}
