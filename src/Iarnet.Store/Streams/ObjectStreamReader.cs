using Iarnet.Objects;

namespace Iarnet.Store;

/// <summary>
/// Reads a stream at its own pace. One read at a time; <see cref="GetChunkAsync"/> is thread-safe. Dispose it: the writer waits for those who read.
/// </summary>
public abstract class ObjectStreamReader : IAsyncEnumerable<ObjectLease>, IAsyncDisposable
{
    private protected ObjectStreamReader(in ObjectRef reference) => Reference = reference;

    /// <summary>The stream.</summary>
    public ObjectRef Reference { get; }

    /// <summary>The offset of the chunk that is read next.</summary>
    public abstract long Position { get; }

    /// <summary>The next chunk, as soon as it is written.</summary>
    /// <param name="cancellationToken">Ends the wait; nothing was read then.</param>
    /// <returns>A lease of the chunk, the caller's to dispose; null at the end of a completed stream.</returns>
    /// <exception cref="StreamFailedException">The writer failed. Every chunk before that was read.</exception>
    /// <exception cref="StreamAbandonedException">The writer is gone, or the stream was released.</exception>
    /// <exception cref="StoreUnavailableException">The store is in another process and cannot be reached.</exception>
    public ValueTask<ObjectLease?> ReadAsync(CancellationToken cancellationToken = default) => ReadAsync(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>As <see cref="ReadAsync(CancellationToken)"/>, with an end to the wait.</summary>
    /// <param name="wait">How long to wait for the chunk to be written, at most.</param>
    /// <param name="cancellationToken">Ends the wait; nothing was read then.</param>
    /// <exception cref="CallTimeoutException">It was not written in time; nothing was read.</exception>
    public abstract ValueTask<ObjectLease?> ReadAsync(TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>A chunk by its offset, which does not change <see cref="Position"/>.</summary>
    /// <param name="offset">The chunk's offset.</param>
    /// <param name="wait">How long to wait for it to be written, at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A lease of the chunk, the caller's to dispose; null when the stream was completed with fewer chunks.</returns>
    /// <exception cref="ObjectNotFoundException">The chunk is gone: the stream is not retained and its readers have passed it.</exception>
    /// <exception cref="CallTimeoutException">It was not written in time.</exception>
    /// <exception cref="StreamFailedException">The writer failed before it wrote the chunk.</exception>
    public abstract ValueTask<ObjectLease?> GetChunkAsync(long offset, TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>Reads to the end; each chunk is a lease that the caller disposes.</summary>
    public async IAsyncEnumerator<ObjectLease> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (await ReadAsync(cancellationToken).ConfigureAwait(false) is { } chunk)
        {
            yield return chunk;
        }
    }

    /// <summary>The writer does not wait for this reader any more. Leases stay.</summary>
    public abstract ValueTask DisposeAsync();
}
