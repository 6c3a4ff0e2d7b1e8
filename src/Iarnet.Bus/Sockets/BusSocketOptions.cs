namespace Iarnet.Bus;

/// <summary>What a <see cref="RouterSocket"/> or <see cref="DealerSocket"/> is made of. Read once, when the socket is created.</summary>
public sealed class BusSocketOptions
{
    /// <summary>Below the longest array, with room for what stands around a message on the wire.</summary>
    private const long LargestMessage = (2L << 30) - (1 << 20);

    /// <summary>What the socket calls itself towards a ROUTER. Default: nothing; the ROUTER makes up a name.</summary>
    public PeerIdentity? Identity { get; set; }

    /// <summary>Most messages that wait to leave, per peer. Default: 10,000.</summary>
    public int SendMessages { get; set; } = 10_000;

    /// <summary>Most bytes that wait to leave, per peer. One message is always let in when nothing waits. Default: 16 MiB.</summary>
    public long SendBytes { get; set; } = 16L << 20;

    /// <summary>Most messages that have arrived and wait to be received, per peer; then its connection is not read. Default: 10,000.</summary>
    public int ReceiveMessages { get; set; } = 10_000;

    /// <summary>Most bytes that have arrived and wait to be received, per peer. One message is always let in when nothing waits. Default: 16 MiB.</summary>
    public long ReceiveBytes { get; set; } = 16L << 20;

    /// <summary>Most bytes of a message, all its frames together, finished or not. Default: 64 MiB.</summary>
    public long MaxMessageBytes { get; set; } = 64L << 20;

    /// <summary>Most frames of a message. Default: 1,024.</summary>
    public int MaxFrames { get; set; } = 1024;

    /// <summary>The time in which a connection must be made, and its handshake done. Default: 10 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most connections whose handshake is not done; a newer one displaces the oldest. Default: 256.</summary>
    public int MaxHalfOpenConnections { get; set; } = 256;

    /// <summary>Of those, the ones that one address may have; a newer one displaces the oldest of its address. Unix sockets have none. Default: 32.</summary>
    public int MaxHalfOpenConnectionsPerAddress { get; set; } = 32;

    /// <summary>How often a peer is pinged. Default: zero, not at all. A PING is answered in any case.</summary>
    public TimeSpan HeartbeatInterval { get; set; }

    /// <summary>Silence after which a connection counts as lost, when there are heartbeats; also told to the peer. Default: 10 seconds.</summary>
    public TimeSpan HeartbeatTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The first wait before connecting again; it doubles, with a random part. Default: 50 milliseconds.</summary>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest wait before connecting again. Default: 5 seconds.</summary>
    public TimeSpan ReconnectDelayLimit { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether a new connection with the identity of a connected peer takes its place, with the messages that wait for it; the old
    /// one is closed at once. Otherwise the new one is refused. Default: true. With PLAIN and CURVE only a connection of the same
    /// user or key can take the place. With NULL nobody proves anything: on a network whose peers are not trusted, turn it off.
    /// </summary>
    public bool Handover { get; set; } = true;

    /// <summary>What a send does when the queue of the peer is at its bound. Default: it waits.</summary>
    public SocketOverflow Overflow { get; set; }

    /// <summary>How the ends of a connection prove who they are, and whether it is encrypted. Default: <see cref="BusSecurity.None"/>.</summary>
    public BusSecurity Security { get; set; } = BusSecurity.None;

    /// <summary>Who decides which clients a server of PLAIN or CURVE lets in. Default: what <see cref="Security"/> says of a server without one.</summary>
    public IAuthenticator? Authenticator { get; set; }

    /// <summary>Told to every peer in the handshake, as ZMTP properties with <c>X-</c> before the name. Names of 1 to 64 printable characters; 4 KiB in all. Default: nothing.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; set; } = System.Collections.Frozen.FrozenDictionary<string, string>.Empty;

    /// <summary>Longest time that disposing waits for the last messages to leave. Default: 1 second.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromSeconds(1);

    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    internal void Validate()
    {
        Positive(SendMessages, nameof(SendMessages));
        Positive(SendBytes, nameof(SendBytes));
        Positive(ReceiveMessages, nameof(ReceiveMessages));
        Positive(ReceiveBytes, nameof(ReceiveBytes));
        Positive(MaxMessageBytes, nameof(MaxMessageBytes));
        Positive(MaxFrames, nameof(MaxFrames));
        Positive(MaxHalfOpenConnections, nameof(MaxHalfOpenConnections));
        Positive(MaxHalfOpenConnectionsPerAddress, nameof(MaxHalfOpenConnectionsPerAddress));
        Positive(HandshakeTimeout.Ticks, nameof(HandshakeTimeout));
        Positive(ReconnectDelay.Ticks, nameof(ReconnectDelay));
        Positive(ReconnectDelayLimit.Ticks, nameof(ReconnectDelayLimit));
        if (MaxMessageBytes > LargestMessage)
        {
            throw new ArgumentException($"{nameof(MaxMessageBytes)} is {MaxMessageBytes}: a message lies in one piece of memory, of at most {LargestMessage} bytes. Send more in several messages.");
        }

        if (Metadata.Sum(static entry => entry.Key.Length + entry.Value.Length) > 4096 || Metadata.Any(static entry => entry.Key.Length is 0 or > 64 || entry.Key.AsSpan().ContainsAnyExceptInRange('!', '~')))
        {
            throw new ArgumentException($"{nameof(Metadata)} has a name that is not 1 to 64 printable characters of ASCII without spaces, or more than 4096 characters in all.");
        }
    }

    internal Connections.ConnectionSettings ToSettings(string socketType) => new()
    {
        SocketType = socketType,
        Identity = Identity?.Bytes ?? ReadOnlyMemory<byte>.Empty,
        Metadata = Metadata,
        Security = Security,
        Authenticator = Authenticator,
        MaxMessageBytes = MaxMessageBytes,
        MaxFrames = MaxFrames,
        MaxCommandBytes = Connections.ConnectionSettings.CommandLimit,
        HandshakeTimeout = HandshakeTimeout,
        MaxHalfOpen = MaxHalfOpenConnections,
        MaxHalfOpenPerAddress = MaxHalfOpenConnectionsPerAddress,
        HeartbeatInterval = HeartbeatInterval,
        HeartbeatTimeout = HeartbeatInterval > TimeSpan.Zero ? HeartbeatTimeout : TimeSpan.Zero,
        ReconnectDelay = ReconnectDelay,
        ReconnectDelayLimit = ReconnectDelayLimit,
        Linger = Linger,
    };

    private static void Positive(long value, string name)
    {
        if (value <= 0)
        {
            throw new ArgumentException($"{name} must be above zero.");
        }
    }
}
