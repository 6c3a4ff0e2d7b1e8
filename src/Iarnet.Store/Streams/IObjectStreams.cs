using Iarnet.Objects;

namespace Iarnet.Store;

/// <summary>
/// Streams: sequences of chunks under one reference that are read while they are written. Chunks are numbered from 0 on; that number is their offset.
/// Thread-safe.
/// </summary>
public interface IObjectStreams
{
    /// <summary>Begins a stream. Its owner has one reference to it; the stream and its chunks go when the last reference is released.</summary>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Its only writer.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or something with this id is there already.</exception>
    /// <exception cref="StoreFullException">The store counts as many objects as it may.</exception>
    /// <exception cref="StoreUnavailableException">The store is in another process and cannot be reached.</exception>
    ValueTask<ObjectStreamWriter> CreateStreamAsync(StreamOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Reads a stream. Until the reader is disposed, the writer waits for it: see <see cref="StreamOptions.BufferBytes"/>.</summary>
    /// <param name="reference">Which stream.</param>
    /// <param name="options">From where; null for the first chunk that is there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ObjectNotFoundException">There is no such stream, it was not created in time, or its chunks from there on are gone.</exception>
    /// <exception cref="StoreUnavailableException">The store is in another process and cannot be reached.</exception>
    ValueTask<ObjectStreamReader> OpenStreamAsync(ObjectRef reference, StreamReadOptions? options = null, CancellationToken cancellationToken = default);
}
