using Google.Protobuf;
using Iarnet.Components.Wire;
using Iarnet.Objects;

namespace Iarnet.Components.Protocol;

/// <summary>Writes <c>iarnet.actor.v1.ActorReport</c>, a plain sequence of its fields.</summary>
internal static class ReportWriter
{
    public static void Loaded(ByteBuffer buffer, uint function, Error? error)
    {
        var loaded = new FunctionLoaded { FunctionNumber = function, Error = error };
        Message(buffer, 1, loaded);
    }

    public static void Completed(ByteBuffer buffer, ulong callId, in EncodedValue value, ulong computeNanoseconds, ulong queuedNanoseconds)
    {
        var valueSize = ValueFormat.SizeOf(value);
        var size = WireFormat.FieldSize(callId) + WireFormat.FieldSizeOfBytes(valueSize) + WireFormat.FieldSize(computeNanoseconds) + WireFormat.FieldSize(queuedNanoseconds);
        var to = buffer.Reserve(WireFormat.FieldSizeOfBytes(size));
        var at = WireFormat.WriteHead(to, 0, 2, size);
        at = WireFormat.WriteField(to, at, 1, callId);
        at = WireFormat.WriteHead(to, at, 2, valueSize);
        at = ValueFormat.Write(to, at, value);
        at = WireFormat.WriteField(to, at, 5, computeNanoseconds);
        at = WireFormat.WriteField(to, at, 6, queuedNanoseconds);
        buffer.Advance(at);
    }

    public static void Failed(ByteBuffer buffer, ulong callId, Error error, ulong computeNanoseconds, ulong queuedNanoseconds) =>
        Message(buffer, 2, new Result { CallId = callId, Error = error, ComputeNanoseconds = computeNanoseconds, QueuedNanoseconds = queuedNanoseconds });

    public static void Canceled(ByteBuffer buffer, ulong callId) =>
        Message(buffer, 2, new Result { CallId = callId, Canceled = true });

    public static void Drained(ByteBuffer buffer) =>
        buffer.Advance(WireFormat.WriteField(buffer.Reserve(2), 0, 3, 1));

    private static void Message(ByteBuffer buffer, int field, IMessage message)
    {
        var size = message.CalculateSize();
        var to = buffer.Reserve(WireFormat.FieldSizeOfBytes(size));
        var at = WireFormat.WriteHead(to, 0, field, size);
        message.WriteTo(to.Slice(at, size));
        buffer.Advance(at + size);
    }
}
