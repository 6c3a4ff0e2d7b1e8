namespace Iarnet.Store;

/// <summary>Limits of the store's service. Read once.</summary>
public sealed class StoreServiceOptions
{
    /// <summary>
    /// Largest chunk that is sent and taken, in bytes, and largest object that a lease carries inline. 4 KiB to 3 MiB, below the message limit of
    /// common gRPC clients; default 1 MiB.
    /// </summary>
    public int MaxChunkBytes { get; set; } = 1024 * 1024;

    /// <summary>How long a Put may pause between chunks, and a reader of Get before it takes the next one. Default 60 s.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(60);

    internal StoreServiceOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxChunkBytes, 4096, nameof(MaxChunkBytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxChunkBytes, 3 << 20, nameof(MaxChunkBytes));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StallTimeout, TimeSpan.Zero, nameof(StallTimeout));
        return (StoreServiceOptions)MemberwiseClone();
    }
}
