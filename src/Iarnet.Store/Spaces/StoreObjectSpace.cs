using System.Buffers;
using Iarnet.Objects;
using Iarnet.Store.Memory;

namespace Iarnet.Store;

/// <summary>The object space over a store: of this process, a view of it for one owner, or a client. Thread-safe.</summary>
public sealed class StoreObjectSpace : IObjectSpace
{
    private readonly IObjectStore _store;
    private readonly CodecRegistry _codecs;
    private readonly int _inlineLimit;

    /// <summary>Puts the space over a store, which stays the caller's to dispose.</summary>
    /// <exception cref="ArgumentException">The inline limit is negative.</exception>
    public StoreObjectSpace(IObjectStore store, StoreObjectSpaceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        options ??= new StoreObjectSpaceOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.InlineLimit);
        _store = store;
        _codecs = options.Codecs;
        _inlineLimit = options.InlineLimit;
    }

    /// <inheritdoc/>
    public async ValueTask<EncodedValue> EncodeAsync<T>(T value, CancellationToken cancellationToken = default)
    {
        if (_codecs.TryView(value, out var payload))
        {
            // The caller may change its array later: what travels is a copy, as what is stored.
            return payload.Bytes.Length <= _inlineLimit
                ? new EncodedValue(payload with { Bytes = payload.Bytes.ToArray() })
                : new EncodedValue(await _store.PutAsync(payload.Bytes, payload.Codec, null, cancellationToken).ConfigureAwait(false), payload.Bytes.Length);
        }

        using var buffer = new PooledBuffer();
        var codec = _codecs.Encode(value, buffer);
        return buffer.Size <= _inlineLimit
            ? new EncodedValue(new Payload(codec, buffer.Written.ToArray()))
            : new EncodedValue(await _store.PutAsync(buffer.Written, codec, null, cancellationToken).ConfigureAwait(false), buffer.Size);
    }

    /// <inheritdoc/>
    public async ValueTask<T> DecodeAsync<T>(EncodedValue value, CancellationToken cancellationToken = default)
    {
        if (value.IsReference)
        {
            return await _store.GetValueAsync<T>(value.Reference, _codecs, cancellationToken).ConfigureAwait(false);
        }

        var payload = value.Payload;
        return _codecs.Decode<T>(_codecs.MayAlias<T>(payload.Codec) ? payload with { Bytes = payload.Bytes.ToArray() } : payload);
    }

    /// <inheritdoc/>
    public void Release(in ObjectRef reference) => _store.Release(reference);
}
