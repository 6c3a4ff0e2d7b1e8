namespace Iarnet.Store;

/// <summary>How an <see cref="ObjectFetcher"/> fetches. Read once.</summary>
public sealed class ObjectFetcherOptions
{
    /// <summary>What servers want to hear, as in <see cref="TransferServerOptions.Token"/>. Default null: nothing.</summary>
    public string? Token { get; set; }

    /// <summary>Objects that are fetched at once; more wait their turn. Default 16.</summary>
    public int MaxTransfers { get; set; } = 16;

    /// <summary>The largest object that is fetched, in bytes. Default 2 GiB - 64 KiB, as in <see cref="ObjectStoreOptions.MaxObjectBytes"/>.</summary>
    public long MaxObjectBytes { get; set; } = ObjectStoreOptions.HardMaxObjectBytes;

    /// <summary>
    /// Connections over which one object of at least <see cref="ParallelMinimum"/> bytes is read from another machine, 1 to 16. Default 2: a second one goes
    /// on while the first recovers from a loss.
    /// </summary>
    public int Streams { get; set; } = 2;

    /// <summary>The same from this machine. Default 1: the memory is the limit there, and more are slower.</summary>
    public int StreamsOnOneMachine { get; set; } = 1;

    /// <summary>Smaller objects are read over one connection. Default 32 MiB.</summary>
    public long ParallelMinimum { get; set; } = 32L << 20;

    /// <summary>How much one connection is asked for at a time when there are several. Default 8 MiB.</summary>
    public int RangeBytes { get; set; } = 8 << 20;

    /// <summary>How long connecting and greeting may take. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an answer, and each chunk of 512 KiB, may take. Default 10 s.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often in a row a source may fail without a chunk of progress before it is given up. Default 3.</summary>
    public int Attempts { get; set; } = 3;

    /// <summary>The pause after the first such failure; each is twice as long as the one before. Default 50 ms.</summary>
    public TimeSpan RetryPause { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a transfer goes on when nobody waits for it any more. Default 2 s.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Connections kept for each server when they have nothing to do. Default 4.</summary>
    public int IdleConnections { get; set; } = 4;

    /// <summary>How long they are kept. Default 30 s; less than the server's <see cref="TransferServerOptions.IdleTimeout"/>.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    internal ObjectFetcherOptions Validated()
    {
        Transfer.Token.Check(Token);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTransfers, 1, nameof(MaxTransfers));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxObjectBytes, 1, nameof(MaxObjectBytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxObjectBytes, Transfer.TransferLimits.ObjectBytes, nameof(MaxObjectBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(Streams, 1, nameof(Streams));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Streams, 16, nameof(Streams));
        ArgumentOutOfRangeException.ThrowIfLessThan(StreamsOnOneMachine, 1, nameof(StreamsOnOneMachine));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(StreamsOnOneMachine, 16, nameof(StreamsOnOneMachine));
        ArgumentOutOfRangeException.ThrowIfNegative(ParallelMinimum, nameof(ParallelMinimum));
        ArgumentOutOfRangeException.ThrowIfLessThan(RangeBytes, Transfer.TransferLimits.ChunkBytes, nameof(RangeBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(Attempts, 1, nameof(Attempts));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Attempts, 10, nameof(Attempts));
        ArgumentOutOfRangeException.ThrowIfNegative(IdleConnections, nameof(IdleConnections));
        foreach (var (wait, name) in new[] { (ConnectTimeout, nameof(ConnectTimeout)), (StallTimeout, nameof(StallTimeout)), (RetryPause, nameof(RetryPause)), (Grace, nameof(Grace)), (IdleTimeout, nameof(IdleTimeout)) })
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(wait, TimeSpan.Zero, name);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(wait, TimeSpan.FromDays(1), name);
        }

        return (ObjectFetcherOptions)MemberwiseClone();
    }
}
