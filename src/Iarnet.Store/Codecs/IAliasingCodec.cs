namespace Iarnet.Store.Codecs;

/// <summary>
/// What the store knows about its own codecs and must not assume of others: whether a decoded value points into the bytes,
/// and whether a value is its own encoded form, so that it can be copied once instead of twice.
/// </summary>
internal interface IAliasingCodec
{
    bool Aliases(Type type);

    bool TryView<T>(T value, out ReadOnlyMemory<byte> bytes);
}
