using Iarnet.Objects;

namespace Iarnet.Store;

/// <summary>
/// Writes a stream. Not thread-safe: one call at a time. Disposing it before <see cref="CompleteAsync"/> or <see cref="FailAsync"/> abandons the stream.
/// </summary>
public abstract class ObjectStreamWriter : IAsyncDisposable
{
    private protected ObjectStreamWriter(in ObjectRef reference) => Reference = reference;

    /// <summary>The stream, for those who read it: while it is written, and as one object once it is complete.</summary>
    public ObjectRef Reference { get; }

    /// <summary>The offset that the next chunk gets.</summary>
    public abstract long Offset { get; }

    /// <summary>Appends a chunk, which is copied; waits while as much is ahead of the slowest reader as may be.</summary>
    /// <param name="chunk">The chunk; it may be empty.</param>
    /// <param name="cancellationToken">Ends the wait; the chunk is not written then.</param>
    /// <exception cref="StreamAbandonedException">The stream or its owner was released.</exception>
    /// <exception cref="StoreFullException">The store had no room in time; the chunk was not written and may be written again.</exception>
    /// <exception cref="QuotaExceededException">The owner has as many bytes as it may.</exception>
    /// <exception cref="MessageTooLargeException">The chunk is larger than the store takes as an object.</exception>
    /// <exception cref="StoreUnavailableException">The store is in another process and cannot be reached.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken = default) =>
        WriteAsync(chunk, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>As <see cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>, with an end to the wait for readers.</summary>
    /// <param name="chunk">The chunk; it may be empty.</param>
    /// <param name="wait">How long to wait for readers, at most.</param>
    /// <param name="cancellationToken">Ends the wait; the chunk is not written then.</param>
    /// <exception cref="CallTimeoutException">Readers did not get on in time; the chunk was not written.</exception>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> chunk, TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>
    /// Appends several chunks, for less than one by one: small ones share memory, which is given back when the last of them goes. Waits as
    /// <see cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/> does; when it fails, <see cref="Offset"/> says how many were written.
    /// </summary>
    /// <param name="chunks">The chunks.</param>
    /// <param name="cancellationToken">Ends the wait; those before stay.</param>
    public abstract ValueTask WriteManyAsync(IReadOnlyList<ReadOnlyMemory<byte>> chunks, CancellationToken cancellationToken = default);

    /// <summary>Ends the stream: it is all there. Once.</summary>
    /// <exception cref="StreamAbandonedException">The stream or its owner was released.</exception>
    /// <exception cref="InvalidOperationException">The stream was ended before.</exception>
    public abstract ValueTask CompleteAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends the stream with an error, which reaches every reader behind the chunks before it. Once.</summary>
    /// <param name="error">What went wrong, up to 4,096 characters of it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="StreamAbandonedException">The stream or its owner was released.</exception>
    /// <exception cref="InvalidOperationException">The stream was ended before.</exception>
    public abstract ValueTask FailAsync(string error, CancellationToken cancellationToken = default);

    /// <summary>Abandons the stream unless it was ended.</summary>
    public abstract ValueTask DisposeAsync();
}
