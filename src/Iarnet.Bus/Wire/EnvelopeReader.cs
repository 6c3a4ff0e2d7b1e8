namespace Iarnet.Bus.Wire;

/// <summary>
/// Reads <c>iarnet.bus.v1.Envelope</c> by hand: it is the hot path, and the payloads must stay where they are. One pass over the
/// outer fields, then the messages one by one.
/// </summary>
internal sealed class EnvelopeReader
{
    /// <summary>Texts that people read: a reason, a runtime version.</summary>
    public const int MaxText = 4096;

    private const int MaxTraceParent = 256;

    private ReadOnlyMemory<byte> _bytes;
    private int _position;
    private int _messagesLeft;

    public uint Version { get; private set; }

    public ulong Acknowledged { get; private set; }

    public bool HasReady { get; private set; }

    public bool HasWelcome { get; private set; }

    public bool HasGoodbye { get; private set; }

    /// <summary>Messages in the envelope.</summary>
    public int Messages { get; private set; }

    /// <summary>Of Ready.</summary>
    public string ComponentId { get; private set; } = "";

    public string Language { get; private set; } = "";

    public string RuntimeVersion { get; private set; } = "";

    public int ProcessId { get; private set; }

    public ulong Incarnation { get; private set; }

    /// <summary>Of Ready or Welcome.</summary>
    public ulong Received { get; private set; }

    /// <summary>Of Welcome.</summary>
    public string NodeId { get; private set; } = "";

    /// <summary>Of Goodbye.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Reads the outer fields; false when the bytes are no envelope.</summary>
    public bool TryBegin(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        _position = 0;
        Version = 0;
        Acknowledged = 0;
        Messages = 0;
        HasReady = false;
        HasWelcome = false;
        HasGoodbye = false;
        var span = bytes.Span;
        var reader = new ProtoReader(span);
        while (reader.Next(out var field, out var kind))
        {
            switch (field, kind)
            {
                case (1, ProtoReader.Varint):
                    Version = (uint)reader.ReadVarint();
                    break;
                case (2, ProtoReader.Bytes):
                    HasReady = true;
                    if (!TryReadReady(span[reader.ReadBytes()]))
                    {
                        return false;
                    }

                    break;
                case (3, ProtoReader.Bytes):
                    HasWelcome = true;
                    if (!TryReadWelcome(span[reader.ReadBytes()]))
                    {
                        return false;
                    }

                    break;
                case (4, ProtoReader.Bytes):
                    reader.ReadBytes();
                    Messages++;
                    break;
                case (5, ProtoReader.Varint):
                    Acknowledged = reader.ReadVarint();
                    break;
                case (6, ProtoReader.Bytes):
                    HasGoodbye = true;
                    if (!TryReadGoodbye(span[reader.ReadBytes()]))
                    {
                        return false;
                    }

                    break;
                default:
                    reader.Skip(kind);
                    break;
            }
        }

        _messagesLeft = Messages;
        return !reader.Failed;
    }

    /// <summary>The next message; false when there is none, and <paramref name="malformed"/> when it is none.</summary>
    public bool TryNext(out EnvelopeMessage message, out bool malformed)
    {
        message = default;
        malformed = false;
        if (_messagesLeft == 0)
        {
            return false;
        }

        _messagesLeft--;
        var span = _bytes.Span;
        var reader = new ProtoReader(span[_position..]);
        while (reader.Next(out var field, out var kind))
        {
            if (field == 4 && kind == ProtoReader.Bytes)
            {
                var extent = reader.ReadBytes();
                var body = _bytes[_position..][extent];
                _position += reader.Position;
                malformed = !TryReadMessage(body, out message);
                return !malformed;
            }

            reader.Skip(kind);
        }

        malformed = true;
        return false;
    }

    private static bool TryReadMessage(ReadOnlyMemory<byte> bytes, out EnvelopeMessage message)
    {
        ulong sequence = 0;
        ulong correlation = 0;
        ulong kindValue = 0;
        ulong priority = 0;
        ulong timeLeft = 0;
        var traceParent = "";
        var payload = ReadOnlyMemory<byte>.Empty;
        var reader = new ProtoReader(bytes.Span);
        while (reader.Next(out var field, out var kind))
        {
            switch (field, kind)
            {
                case (1, ProtoReader.Varint):
                    sequence = reader.ReadVarint();
                    break;
                case (2, ProtoReader.Varint):
                    kindValue = reader.ReadVarint();
                    break;
                case (3, ProtoReader.Varint):
                    correlation = reader.ReadVarint();
                    break;
                case (4, ProtoReader.Varint):
                    priority = reader.ReadVarint();
                    break;
                case (5, ProtoReader.Bytes):
                    traceParent = reader.ReadText(MaxTraceParent);
                    break;
                case (6, ProtoReader.Bytes):
                    payload = bytes[reader.ReadBytes()];
                    break;
                case (7, ProtoReader.Varint):
                    timeLeft = reader.ReadVarint();
                    break;
                default:
                    reader.Skip(kind);
                    break;
            }
        }

        message = new EnvelopeMessage
        {
            Sequence = sequence,
            Kind = (EnvelopeKind)Math.Min(kindValue, int.MaxValue),
            Correlation = correlation,
            // A level that this version does not know is above those it knows.
            Priority = (BusPriority)Math.Min(priority, (ulong)BusPriority.Urgent),
            TraceParent = traceParent,
            Payload = payload,
            TimeLeft = timeLeft,
        };
        return !reader.Failed;
    }

    private bool TryReadReady(ReadOnlySpan<byte> bytes)
    {
        (ComponentId, Language, RuntimeVersion, ProcessId, Received, Incarnation) = ("", "", "", 0, 0, 0);
        var reader = new ProtoReader(bytes);
        while (reader.Next(out var field, out var kind))
        {
            switch (field, kind)
            {
                case (1, ProtoReader.Bytes):
                    ComponentId = reader.ReadText(MaxText);
                    break;
                case (2, ProtoReader.Bytes):
                    Language = reader.ReadText(MaxText);
                    break;
                case (3, ProtoReader.Bytes):
                    RuntimeVersion = reader.ReadText(MaxText);
                    break;
                case (4, ProtoReader.Varint):
                    ProcessId = (int)(uint)reader.ReadVarint();
                    break;
                case (5, ProtoReader.Varint):
                    Received = reader.ReadVarint();
                    break;
                case (6, ProtoReader.Fixed64):
                    Incarnation = reader.ReadFixed64();
                    break;
                default:
                    reader.Skip(kind);
                    break;
            }
        }

        return !reader.Failed;
    }

    private bool TryReadWelcome(ReadOnlySpan<byte> bytes)
    {
        (NodeId, Received) = ("", 0);
        var reader = new ProtoReader(bytes);
        while (reader.Next(out var field, out var kind))
        {
            switch (field, kind)
            {
                case (1, ProtoReader.Bytes):
                    NodeId = reader.ReadText(MaxText);
                    break;
                case (2, ProtoReader.Varint):
                    Received = reader.ReadVarint();
                    break;
                default:
                    reader.Skip(kind);
                    break;
            }
        }

        return !reader.Failed;
    }

    private bool TryReadGoodbye(ReadOnlySpan<byte> bytes)
    {
        Reason = "";
        var reader = new ProtoReader(bytes);
        while (reader.Next(out var field, out var kind))
        {
            if (field == 1 && kind == ProtoReader.Bytes)
            {
                Reason = reader.ReadText(MaxText);
            }
            else
            {
                reader.Skip(kind);
            }
        }

        return !reader.Failed;
    }
}
