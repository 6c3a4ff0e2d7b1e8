namespace Iarnet.Objects;

/// <summary>
/// Where values go when they leave the process that made them, and come back from: the seam between the DAG engine and a store.
/// Thread-safe.
/// </summary>
public interface IObjectSpace
{
    /// <summary>Encodes a value; what is larger than the space's inline limit is put in the store.</summary>
    /// <exception cref="CodecException">No codec knows the type, or the value cannot be encoded.</exception>
    /// <exception cref="StoreFullException">The store has no room, after a bounded wait.</exception>
    ValueTask<EncodedValue> EncodeAsync<T>(T value, CancellationToken cancellationToken = default);

    /// <summary>Decodes a value, fetching it when it lies in a store. The result owns its memory.</summary>
    /// <exception cref="CodecException">The bytes are not an encoded <typeparamref name="T"/>.</exception>
    /// <exception cref="ObjectNotFoundException">The reference leads nowhere.</exception>
    ValueTask<T> DecodeAsync<T>(EncodedValue value, CancellationToken cancellationToken = default);

    /// <summary>Gives up one reference that the caller held. Never throws; releasing what is gone does nothing.</summary>
    void Release(in ObjectRef reference);
}
