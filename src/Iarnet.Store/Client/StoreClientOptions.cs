namespace Iarnet.Store;

/// <summary>How a client uses a store in another process. Read once, when it connects.</summary>
public sealed class StoreClientOptions
{
    /// <summary>
    /// Whose the objects, unfinished objects and leases of this client are: a component gives its id, so that all of it is taken back when it dies.
    /// Required, 1 to 128 characters.
    /// </summary>
    public string Owner { get; set; } = "";

    /// <summary>Whether to use shared memory when the store is on the same host. Default true.</summary>
    public bool UseSharedMemory { get; set; } = true;

    /// <summary>Where the store's segment folder is in this process, if it is mounted elsewhere (in a container, say). Default null: where the store says.</summary>
    public string? SegmentFolder { get; set; }

    /// <summary>How long one exchange may take, and how long a transfer in chunks may stand still. Default 30 s; longer than the store's wait for room.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether the references of <see cref="Owner"/> go when this client closes or its process ends, as those of a session do. Only where memory is
    /// shared; elsewhere the store's host releases the owner. Default false.
    /// </summary>
    public bool OwnerEndsWithClient { get; set; }

    /// <summary>The largest object that this client takes, in bytes. Default and maximum: 2 GiB - 64 KiB.</summary>
    public long MaxObjectBytes { get; set; } = ObjectStoreOptions.HardMaxObjectBytes;

    /// <summary>What the store's <see cref="StoreServiceOptions.AccessToken"/> is. Default null: none.</summary>
    public string? AccessToken { get; set; }

    internal StoreClientOptions Validated()
    {
        StoreNames.CheckOwner(Owner);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CallTimeout, TimeSpan.Zero, nameof(CallTimeout));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(CallTimeout, TimeSpan.FromDays(1), nameof(CallTimeout));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxObjectBytes, nameof(MaxObjectBytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxObjectBytes, ObjectStoreOptions.HardMaxObjectBytes, nameof(MaxObjectBytes));
        return (StoreClientOptions)MemberwiseClone();
    }
}
