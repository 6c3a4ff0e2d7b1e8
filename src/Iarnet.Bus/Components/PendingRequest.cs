namespace Iarnet.Bus.Components;

/// <summary>A request that waits for its reply. Its caller continues on the thread pool, never on the I/O path.</summary>
internal sealed class PendingRequest(long started) : TaskCompletionSource<ReadOnlyMemory<byte>>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public long Started { get; } = started;
}
