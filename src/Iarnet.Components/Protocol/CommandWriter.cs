using Google.Protobuf;
using Iarnet.Components.Wire;
using Iarnet.Objects;

namespace Iarnet.Components.Protocol;

/// <summary>Writes <c>iarnet.actor.v1.ActorCommand</c>. The fields of a command may come in any order and number: it is a plain sequence of them.</summary>
internal static class CommandWriter
{
    public static void Load(ByteBuffer buffer, LoadFunction load)
    {
        var size = load.CalculateSize();
        var to = buffer.Reserve(WireFormat.FieldSizeOfBytes(size));
        var at = WireFormat.WriteHead(to, 0, 1, size);
        load.WriteTo(to.Slice(at, size));
        buffer.Advance(at + size);
    }

    public static void Invoke(ByteBuffer buffer, ulong callId, uint function, ReadOnlySpan<EncodedValue> arguments, uint attempt, string traceparent)
    {
        var size = WireFormat.FieldSize(callId) + WireFormat.FieldSize(function) + WireFormat.FieldSize(attempt) + WireFormat.FieldSizeOfText(traceparent);
        foreach (ref readonly var argument in arguments)
        {
            size += WireFormat.FieldSizeOfBytes(ValueFormat.SizeOf(argument));
        }

        var to = buffer.Reserve(WireFormat.FieldSizeOfBytes(size));
        var at = WireFormat.WriteHead(to, 0, 2, size);
        at = WireFormat.WriteField(to, at, 1, callId);
        at = WireFormat.WriteField(to, at, 2, function);
        foreach (ref readonly var argument in arguments)
        {
            at = WireFormat.WriteHead(to, at, 3, ValueFormat.SizeOf(argument));
            at = ValueFormat.Write(to, at, argument);
        }

        at = WireFormat.WriteField(to, at, 4, attempt);
        at = WireFormat.WriteField(to, at, 5, traceparent);
        buffer.Advance(at);
    }

    public static void Cancel(ByteBuffer buffer, ulong callId)
    {
        // Packed, as proto3 writes repeated numbers; several packed runs of one field are one list to a reader.
        var size = WireFormat.SizeOf(callId);
        var to = buffer.Reserve(WireFormat.FieldSizeOfBytes(size));
        var at = WireFormat.WriteHead(to, 0, 3, size);
        buffer.Advance(WireFormat.Write(to, at, callId));
    }

    public static void Drain(ByteBuffer buffer) =>
        buffer.Advance(WireFormat.WriteField(buffer.Reserve(2), 0, 4, 1));
}
