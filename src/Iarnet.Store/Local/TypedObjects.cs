using Iarnet.Objects;

namespace Iarnet.Store;

/// <summary>Values instead of bytes: put and get through codecs.</summary>
public static class TypedObjects
{
    /// <summary>Encodes a value and puts it, whatever its size.</summary>
    /// <param name="store">Where.</param>
    /// <param name="value">What.</param>
    /// <param name="codecs">Which codecs; null for <see cref="CodecRegistry.Default"/>.</param>
    /// <param name="cancellationToken">Ends the wait for room; nothing is put then.</param>
    /// <exception cref="CodecException">No codec knows the type, or the value has no encoded form.</exception>
    /// <exception cref="StoreFullException">No room came up within the store's bounded wait.</exception>
    public static async ValueTask<ObjectRef> PutValueAsync<T>(this IObjectWriter store, T value, CodecRegistry? codecs = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        codecs ??= CodecRegistry.Default;
        if (codecs.TryView(value, out var payload))
        {
            return await store.PutAsync(payload.Bytes, payload.Codec, null, cancellationToken).ConfigureAwait(false);
        }

        using var buffer = new Memory.PooledBuffer();
        var codec = codecs.Encode(value, buffer);
        return await store.PutAsync(buffer.Written, codec, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Leases several objects: all of them, or none when one is not there.</summary>
    /// <param name="store">Where.</param>
    /// <param name="references">Which objects.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ObjectNotFoundException">One of the references leads nowhere.</exception>
    public static ValueTask<ObjectLeases> GetManyAsync(this IObjectReader store, IReadOnlyList<ObjectRef> references, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return ObjectLeases.TakeAsync(store, references, cancellationToken);
    }

    /// <summary>Gets an object and decodes it; the value owns its memory.</summary>
    /// <param name="store">Where.</param>
    /// <param name="reference">Which object.</param>
    /// <param name="codecs">Which codecs; null for <see cref="CodecRegistry.Default"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CodecException">The bytes are not an encoded <typeparamref name="T"/>.</exception>
    /// <exception cref="ObjectNotFoundException">The reference leads nowhere.</exception>
    public static async ValueTask<T> GetValueAsync<T>(this IObjectReader store, ObjectRef reference, CodecRegistry? codecs = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        codecs ??= CodecRegistry.Default;
        using var lease = await store.GetAsync(reference, cancellationToken).ConfigureAwait(false);
        var bytes = codecs.MayAlias<T>(lease.Codec) ? lease.Memory.ToArray() : lease.Memory;
        return codecs.Decode<T>(new Payload(lease.Codec, bytes));
    }
}
