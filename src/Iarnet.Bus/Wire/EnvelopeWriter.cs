using System.Text;

namespace Iarnet.Bus.Wire;

/// <summary>Writes <c>iarnet.bus.v1.Envelope</c>. The payload of a message is the last thing in it, so that it can follow from where it lies.</summary>
internal static class EnvelopeWriter
{
    /// <summary>The protocol version that this end speaks.</summary>
    public const uint Version = 1;

    /// <summary>Room for everything in front of a payload.</summary>
    public const int MaxFront = 128 + MaxTraceParent;

    /// <summary>What an envelope may add to the payload of one message.</summary>
    public const int Overhead = 64 * 1024;

    private const int MaxTraceParent = 256;

    /// <summary>Everything of an envelope with one message but its payload.</summary>
    public static int WriteFront(Span<byte> target, ulong acknowledged, in EnvelopeMessage message)
    {
        var writer = Begin(target, acknowledged);
        WriteMessageFront(ref writer, message);
        return writer.Position;
    }

    /// <summary>An envelope that messages follow in.</summary>
    public static ProtoWriter Begin(Span<byte> target, ulong acknowledged)
    {
        var writer = new ProtoWriter(target);
        writer.Varint(1, Version);
        writer.Varint(5, acknowledged);
        return writer;
    }

    /// <summary>A whole message behind those that are in an envelope already; false, and nothing written, when it does not fit.</summary>
    public static bool TryWriteMessage(ref ProtoWriter writer, in EnvelopeMessage message)
    {
        if (writer.Room < (long)MaxFront + message.Payload.Length)
        {
            return false;
        }

        WriteMessageFront(ref writer, message);
        writer.Raw(message.Payload.Span);
        return true;
    }

    private static void WriteMessageFront(ref ProtoWriter writer, in EnvelopeMessage message)
    {
        var payload = message.Payload.Length;
        var trace = message.TraceParent is { Length: > 0 and <= MaxTraceParent / 3 } text ? text : "";
        var traceBytes = trace.Length == 0 ? 0 : Encoding.UTF8.GetByteCount(trace);
        writer.Length(
            4,
            ProtoWriter.FieldSize(message.Sequence)
                + ProtoWriter.FieldSize((ulong)message.Kind)
                + ProtoWriter.FieldSize(message.Correlation)
                + ProtoWriter.FieldSize((ulong)message.Priority)
                + ProtoWriter.FieldSize(message.TimeLeft)
                + (traceBytes == 0 ? 0 : 1 + ProtoWriter.VarintSize((ulong)traceBytes) + traceBytes)
                + (payload == 0 ? 0 : 1 + ProtoWriter.VarintSize((ulong)payload) + payload));
        writer.Varint(1, message.Sequence);
        writer.Varint(2, (ulong)message.Kind);
        writer.Varint(3, message.Correlation);
        writer.Varint(4, (ulong)message.Priority);
        writer.Text(5, trace);
        writer.Varint(7, message.TimeLeft);
        if (payload != 0)
        {
            writer.Length(6, payload);
        }
    }

    public static int WriteAcknowledged(Span<byte> target, ulong acknowledged)
    {
        var writer = new ProtoWriter(target);
        writer.Varint(1, Version);
        writer.Varint(5, acknowledged);
        return writer.Position;
    }

    /// <summary>An envelope that only says its version: the engine asks a connection that has not said Ready to do so.</summary>
    public static byte[] WritePrompt() => [0x08, (byte)Version];

    public static byte[] WriteReady(string componentId, BusReady ready, ulong received)
    {
        var body = new byte[64 + (3 * (componentId.Length + ready.Language.Length + ready.RuntimeVersion.Length))];
        var writer = new ProtoWriter(body);
        writer.Text(1, componentId);
        writer.Text(2, ready.Language);
        writer.Text(3, ready.RuntimeVersion);
        writer.Varint(4, (uint)ready.ProcessId);
        writer.Varint(5, received);
        writer.Fixed64(6, ready.Incarnation);
        return Wrap(2, body.AsSpan(0, writer.Position));
    }

    public static byte[] WriteWelcome(string nodeId, ulong received)
    {
        var body = new byte[32 + (3 * nodeId.Length)];
        var writer = new ProtoWriter(body);
        writer.Text(1, nodeId);
        writer.Varint(2, received);
        return Wrap(3, body.AsSpan(0, writer.Position));
    }

    public static byte[] WriteGoodbye(string reason)
    {
        // Cut at characters, and far enough below the reader's limit for the longest of them.
        var text = reason.Length > EnvelopeReader.MaxText / 4 ? reason[..(EnvelopeReader.MaxText / 4)] : reason;
        var body = new byte[16 + Encoding.UTF8.GetByteCount(text)];
        var writer = new ProtoWriter(body);
        writer.Text(1, text);
        return Wrap(6, body.AsSpan(0, writer.Position));
    }

    private static byte[] Wrap(int field, ReadOnlySpan<byte> body)
    {
        var envelope = new byte[16 + body.Length];
        var writer = new ProtoWriter(envelope);
        writer.Varint(1, Version);
        writer.Bytes(field, body);
        return envelope[..writer.Position];
    }
}
