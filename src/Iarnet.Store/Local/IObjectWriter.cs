using System.Buffers;
using Iarnet.Objects;

namespace Iarnet.Store;

/// <summary>Puts objects and gives them up. Thread-safe. Each put gives its owner one reference, which one <see cref="Release"/> takes back.</summary>
public interface IObjectWriter
{
    /// <summary>Puts an object; the bytes are copied before the task completes.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="codec">The name of the codec that made the bytes, 1 to 64 characters.</param>
    /// <param name="id">
    /// Its id when the caller makes it, say from a hash of the bytes; if an object has it already, that one stays and gets one more reference.
    /// </param>
    /// <param name="cancellationToken">Ends the wait for room; nothing is put then.</param>
    /// <exception cref="StoreFullException">No room came up within the store's bounded wait.</exception>
    /// <exception cref="MessageTooLargeException">The object is larger than the store takes.</exception>
    /// <exception cref="StoreUnavailableException">The store is in another process and cannot be reached.</exception>
    ValueTask<ObjectRef> PutAsync(ReadOnlyMemory<byte> bytes, string codec, ObjectId? id = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="PutAsync(ReadOnlyMemory{byte}, string, ObjectId?, CancellationToken)"/>
    ValueTask<ObjectRef> PutAsync(ReadOnlySequence<byte> bytes, string codec, ObjectId? id = null, CancellationToken cancellationToken = default);

    /// <summary>Puts an object; the bytes are copied before the task completes.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="options">How. An owner in it must be this one's own.</param>
    /// <param name="cancellationToken">Ends the wait for room; nothing is put then.</param>
    /// <exception cref="StoreFullException">No room came up within the store's bounded wait.</exception>
    /// <exception cref="QuotaExceededException">The owner has as many bytes as it may.</exception>
    /// <exception cref="MessageTooLargeException">The object is larger than the store takes.</exception>
    /// <exception cref="StoreUnavailableException">The store is in another process and cannot be reached.</exception>
    ValueTask<ObjectRef> PutAsync(ReadOnlySequence<byte> bytes, PutOptions options, CancellationToken cancellationToken = default);

    /// <summary>Puts several objects, for less than one by one.</summary>
    /// <param name="objects">The objects.</param>
    /// <param name="codec">The name of the codec that made all of them.</param>
    /// <param name="cancellationToken">Ends the wait for room; those before stay.</param>
    /// <returns>Where they lie, in their order.</returns>
    ValueTask<IReadOnlyList<ObjectRef>> PutManyAsync(IReadOnlyList<ReadOnlyMemory<byte>> objects, string codec, CancellationToken cancellationToken = default);

    /// <summary>Gives up one reference of this owner. Never throws; releasing what is gone does nothing.</summary>
    void Release(in ObjectRef reference);
}
