using Iarnet.Objects;

namespace Iarnet.Store;

/// <summary>How an object is put.</summary>
public sealed record PutOptions
{
    internal static readonly PutOptions Default = new();

    /// <summary>The name of the codec that made the bytes, 1 to 64 characters. Default: "raw".</summary>
    public string Codec { get; init; } = CodecNames.Raw;

    /// <summary>Who gets the reference, 1 to 128 characters. Default null: the store's or the client's own owner.</summary>
    public string? Owner { get; init; }

    /// <summary>The object's id when the caller makes it, say from a hash of the bytes. Default null: the store makes one.</summary>
    public ObjectId? Id { get; init; }

    /// <summary>How long the object stays, whoever holds references. More than zero; default null: until its last reference is released.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Words about the object that travel with it: at most 64, 4 KiB of UTF-8 together. Default null: none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>
    /// Whether the object is on disk when the put completes and there again after a restart. Needs <see cref="ObjectStoreOptions.DurableFolder"/>.
    /// Default false.
    /// </summary>
    public bool Durable { get; init; }

    internal void Check()
    {
        StoreNames.CheckCodec(Codec);
        if (TimeToLive is { } life && life <= TimeSpan.Zero)
        {
            throw new ArgumentException($"{nameof(TimeToLive)} is {life}: expected more than zero.");
        }

        StoreNames.CheckMetadata(Metadata);
    }
}
