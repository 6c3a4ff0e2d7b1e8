using Google.Protobuf;
using Iarnet.Components.Wire;
using Iarnet.Objects;

namespace Iarnet.Components.Protocol;

/// <summary>Reads <c>iarnet.actor.v1.ActorReport</c>.</summary>
internal static class ReportReader
{
    /// <exception cref="InvalidDataException">The bytes are not a report.</exception>
    public static void Read(ReadOnlyMemory<byte> message, TextCache texts, IReportSink sink)
    {
        var reader = new WireReader(message.Span);
        while (reader.TryReadTag(out var field, out var type))
        {
            switch (field, type)
            {
                case (1, WireFormat.Bytes):
                    var loaded = Parse(FunctionLoaded.Parser, reader.ReadBytes());
                    sink.Loaded(loaded.FunctionNumber, loaded.Error);
                    break;
                case (2, WireFormat.Bytes):
                    var (start, length) = reader.ReadExtent();
                    sink.Ended(ReadResult(message.Slice(start, length), texts));
                    break;
                case (3, WireFormat.Varint) when reader.ReadVarint() != 0:
                    sink.Drained();
                    break;
                case (3, WireFormat.Varint):
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }
    }

    private static ResultReport ReadResult(ReadOnlyMemory<byte> message, TextCache texts)
    {
        var reader = new WireReader(message.Span);
        ulong callId = 0, compute = 0, queued = 0;
        EncodedValue value = default;
        Error? error = null;
        var hasValue = false;
        var canceled = false;
        while (reader.TryReadTag(out var field, out var type))
        {
            switch (field, type)
            {
                case (1, WireFormat.Varint):
                    callId = reader.ReadVarint();
                    break;
                case (2, WireFormat.Bytes):
                    var (start, length) = reader.ReadExtent();
                    value = ValueFormat.Read(message.Slice(start, length), texts);
                    hasValue = true;
                    break;
                case (3, WireFormat.Bytes):
                    error = Parse(Error.Parser, reader.ReadBytes());
                    break;
                case (4, WireFormat.Varint):
                    canceled = reader.ReadVarint() != 0;
                    break;
                case (5, WireFormat.Varint):
                    compute = reader.ReadVarint();
                    break;
                case (6, WireFormat.Varint):
                    queued = reader.ReadVarint();
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        if (!hasValue && error is null && !canceled)
        {
            throw WireReader.Malformed($"the result of call {callId} has no outcome");
        }

        return new ResultReport(callId, value, error, canceled, compute, queued);
    }

    private static T Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> bytes)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw WireReader.Malformed(e.Message);
        }
    }
}
