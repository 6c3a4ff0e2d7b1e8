namespace Iarnet.Bus;

/// <summary>What a <see cref="RouterSocket"/> or <see cref="DealerSocket"/> is made of. Read once, when the socket is created.</summary>
public sealed class BusSocketOptions
{
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
    /// one is closed at once. Otherwise the new one is refused. Default: true. Identities are not authenticated: on a network
    /// whose peers are not trusted, turn it off.
    /// </summary>
    public bool Handover { get; set; } = true;

    /// <summary>Longest time that disposing waits for the last messages to leave. Default: 1 second.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromSeconds(1);
}
