namespace Iarnet.Bus;

/// <summary>
/// A message as a handler is given it. <see cref="Payload"/> is a slice of the receive buffer: it is valid until the handler
/// returns. What must live longer is copied by <see cref="Retain"/>.
/// </summary>
public readonly struct BusMessage
{
    /// <summary>Creates a message, for tests of handlers.</summary>
    public BusMessage(BusMessageKind kind, ulong correlation, ReadOnlyMemory<byte> payload, BusPriority priority = BusPriority.Normal, string traceParent = "", TimeSpan? timeToLive = null)
    {
        Kind = kind;
        Correlation = correlation;
        Payload = payload;
        Priority = priority;
        TraceParent = traceParent;
        TimeToLive = timeToLive;
    }

    /// <summary>Whether an answer is expected.</summary>
    public BusMessageKind Kind { get; }

    /// <summary>Joins a request with its reply; zero for a message that expects none.</summary>
    public ulong Correlation { get; }

    /// <summary>The bytes; see the remarks on the type for how long they live.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The level it was sent at.</summary>
    public BusPriority Priority { get; }

    /// <summary>The W3C trace context of the sender; empty when it had none.</summary>
    public string TraceParent { get; }

    /// <summary>
    /// What was left of the message's time when it left its sender (of a request: of its timeout), the way here not counted.
    /// When it is over nobody waits for the work. Null: it has none.
    /// </summary>
    public TimeSpan? TimeToLive { get; }

    /// <summary>The same message with its own copy of the bytes, which lives as long as it is referenced.</summary>
    public BusMessage Retain() => new(Kind, Correlation, Payload.ToArray(), Priority, TraceParent, TimeToLive);
}
