namespace Iarnet.Store;

/// <summary>How a <see cref="TransferServer"/> listens, and its limits. Read once, when it starts.</summary>
public sealed class TransferServerOptions
{
    /// <summary>
    /// Where to listen: <c>tcp://host:port</c> (host <c>0.0.0.0</c> or <c>[::]</c>: every address; port 0: any free one) and <c>unix:///path</c>.
    /// Default <c>tcp://127.0.0.1:0</c>: this machine only.
    /// </summary>
    public IReadOnlyList<string> Endpoints { get; set; } = ["tcp://127.0.0.1:0"];

    /// <summary>
    /// What other machines connect to, given to sources so that other readers can be sent here. Default null: the first endpoint that is not
    /// one of every address; if there is none, this server relays nothing.
    /// </summary>
    public string? Advertise { get; set; }

    /// <summary>
    /// What a peer must know, at most 256 bytes of UTF-8; it travels as it is. Whoever knows it may read every object whose id it knows, and is believed
    /// when it relays. Default null: everybody may.
    /// </summary>
    public string? Token { get; set; }

    /// <summary>Most connections at once; more are told so and closed. Default 1024.</summary>
    public int MaxConnections { get; set; } = 1024;

    /// <summary>How long a new connection has to say who it is. Default 5 s.</summary>
    public TimeSpan HelloTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection may do nothing before it is closed. Default 2 minutes.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a reader may take for one chunk of 512 KiB, and a request for its bytes to arrive once it has begun. Default 30 s.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a range of an object that is itself still being fetched is waited for; after that the reader is told to try elsewhere. Default 5 s.</summary>
    public TimeSpan RelayWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Readers of objects of at least this many bytes may be sent to other readers. Default 4 MiB: below, the detour costs more than it saves.</summary>
    public long RelayMinimum { get; set; } = 4L << 20;

    /// <summary>How many readers one behind the other a chain may have before it branches. Default 64.</summary>
    public int MaxRelayDepth { get; set; } = 64;

    /// <summary>Most readers and holders that are known of one object. Default 256.</summary>
    public int MaxHoldersPerObject { get; set; } = 256;

    /// <summary>Of how many objects readers and holders are known; the longest not asked for are forgotten first. Default 4096.</summary>
    public int MaxBroadcasts { get; set; } = 4096;

    /// <summary>How long a reader counts as one that is still reading. Default 10 minutes.</summary>
    public TimeSpan ReaderLife { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a finished reader is believed to have its copy. Default 10 minutes.</summary>
    public TimeSpan HolderLife { get; set; } = TimeSpan.FromMinutes(10);

    internal TransferServerOptions Validated()
    {
        foreach (var endpoint in Endpoints)
        {
            Transfer.TransferEndpoint.Parse(endpoint);
        }

        if (Advertise is not null)
        {
            Transfer.TransferEndpoint.Parse(Advertise);
        }

        Transfer.Token.Check(Token);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConnections, 1, nameof(MaxConnections));
        ArgumentOutOfRangeException.ThrowIfNegative(RelayMinimum, nameof(RelayMinimum));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRelayDepth, 1, nameof(MaxRelayDepth));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxHoldersPerObject, 1, nameof(MaxHoldersPerObject));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBroadcasts, 1, nameof(MaxBroadcasts));
        foreach (var (wait, name) in new[] { (HelloTimeout, nameof(HelloTimeout)), (IdleTimeout, nameof(IdleTimeout)), (StallTimeout, nameof(StallTimeout)), (RelayWait, nameof(RelayWait)), (ReaderLife, nameof(ReaderLife)), (HolderLife, nameof(HolderLife)) })
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(wait, TimeSpan.Zero, name);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(wait, TimeSpan.FromDays(1), name);
        }

        return (TransferServerOptions)MemberwiseClone();
    }
}
