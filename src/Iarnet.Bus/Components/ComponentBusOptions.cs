namespace Iarnet.Bus;

/// <summary>What an engine's end of the component bus is made of. Read once, when the bus is created.</summary>
public sealed class ComponentBusOptions
{
    /// <summary>The node that owns the bus: told to components. Default: a new one.</summary>
    public NodeId NodeId { get; set; } = NodeId.New();

    /// <summary>
    /// Where to listen: <c>ipc:///path</c>, <c>ipc://@name</c> (Linux), <c>ipc://*</c>, <c>tcp://127.0.0.1:0</c>. Default: none;
    /// at least one is needed.
    /// </summary>
    public IList<string> Endpoints { get; } = [];

    /// <summary>How long a component may be without a connection before it is gone. Default: 5 seconds.</summary>
    public TimeSpan AwayLimit { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Most messages kept per component: waiting, or sent and not acknowledged. Default: 65,536.</summary>
    public int PendingMessages { get; set; } = 65_536;

    /// <summary>Most bytes kept per component, as <see cref="PendingMessages"/>. One message is always let in when nothing is kept. Default: 128 MiB.</summary>
    public long PendingBytes { get; set; } = 128L << 20;

    /// <summary>The largest payload of a message, either way. Default: 64 MiB.</summary>
    public int MaxMessageBytes { get; set; } = 64 << 20;

    /// <summary>How often a component is pinged, which also measures <see cref="BusPeer.LinkLatency"/>. Default: 1 second.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Silence after which a connection counts as lost. Default: 10 seconds.</summary>
    public TimeSpan HeartbeatTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The time in which a connection must have made itself known, protocol and readiness each. Default: 10 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most connections that have not made themselves known yet; a newer one displaces the oldest. Default: 256.</summary>
    public int MaxHalfOpenConnections { get; set; } = 256;

    /// <summary>Longest time that disposing waits for the last messages to leave. Default: 1 second.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromSeconds(1);
}
