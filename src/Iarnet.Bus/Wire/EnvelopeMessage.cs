namespace Iarnet.Bus.Wire;

/// <summary>The kinds of <c>iarnet.bus.v1.MessageKind</c>.</summary>
internal enum EnvelopeKind
{
    OneWay = 0,
    Request = 1,
    Reply = 2,
    Fault = 3,
    Cancel = 4,
}

/// <summary>One message of an envelope; the payload lies where the envelope lies.</summary>
internal readonly struct EnvelopeMessage
{
    public ulong Sequence { get; init; }

    public EnvelopeKind Kind { get; init; }

    public ulong Correlation { get; init; }

    public BusPriority Priority { get; init; }

    public string TraceParent { get; init; }

    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Microseconds of its time that were left when it left its sender; 0: it has none.</summary>
    public ulong TimeLeft { get; init; }

    /// <summary>The end of its time by the clock of the sender, where it stays; 0: it has none.</summary>
    public long Deadline { get; init; }
}
