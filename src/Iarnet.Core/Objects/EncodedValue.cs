namespace Iarnet.Objects;

/// <summary>A value in the form that travels: its bytes when it is small, a reference into a store when it is not.</summary>
public readonly struct EncodedValue
{
    private readonly Payload _payload;
    private readonly ObjectRef _reference;

    /// <summary>A value whose bytes travel with the message.</summary>
    public EncodedValue(in Payload payload)
    {
        _payload = payload;
        Size = payload.Bytes.Length;
    }

    /// <summary>A value that lies in a store.</summary>
    /// <param name="reference">Where it lies.</param>
    /// <param name="size">Its size in bytes, for placement and statistics.</param>
    public EncodedValue(in ObjectRef reference, long size)
    {
        _reference = reference;
        IsReference = true;
        Size = size;
    }

    /// <summary>Whether the bytes lie in a store.</summary>
    public bool IsReference { get; }

    /// <summary>The size of the encoded value in bytes.</summary>
    public long Size { get; }

    /// <summary>The bytes; meaningful only when <see cref="IsReference"/> is false.</summary>
    public Payload Payload => _payload;

    /// <summary>Where the bytes lie; meaningful only when <see cref="IsReference"/> is true.</summary>
    public ObjectRef Reference => _reference;
}
