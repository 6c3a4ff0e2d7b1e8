namespace Iarnet.Store.Streams;

/// <summary>Somebody who waits for a chunk to be written, or for the stream to end.</summary>
internal sealed class StreamWaiter(long offset) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>The chunk; <see cref="long.MaxValue"/> for the end.</summary>
    public long Offset => offset;
}
