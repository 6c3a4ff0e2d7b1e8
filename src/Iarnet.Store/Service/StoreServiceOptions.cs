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

    /// <summary>
    /// What a client has to show, as the bearer token of its calls. At least 16 characters of ASCII; whoever can read along can use it, so have TLS
    /// between hosts. Default null: who can reach the service may use it.
    /// </summary>
    public string? AccessToken { get; set; }

    internal StoreServiceOptions Validated()
    {
        if (AccessToken is { } token && (token.Length < 16 || !token.All(static c => c is > ' ' and < (char)127)))
        {
            throw new ArgumentException($"{nameof(AccessToken)} has {token.Length} characters: expected at least 16, printable ones of ASCII without spaces.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(MaxChunkBytes, 4096, nameof(MaxChunkBytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxChunkBytes, 3 << 20, nameof(MaxChunkBytes));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StallTimeout, TimeSpan.Zero, nameof(StallTimeout));
        return (StoreServiceOptions)MemberwiseClone();
    }
}
