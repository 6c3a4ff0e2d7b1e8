using Iarnet.Components.Wire;
using Iarnet.Objects;

namespace Iarnet.Components.Protocol;

/// <summary>Reads <c>iarnet.actor.v1.ActorCommand</c>.</summary>
internal static class CommandReader
{
    /// <exception cref="InvalidDataException">The bytes are not a command.</exception>
    public static void Read(ReadOnlyMemory<byte> message, TextCache texts, ICommandSink sink)
    {
        var reader = new WireReader(message.Span);
        while (reader.TryReadTag(out var field, out var type))
        {
            switch (field, type)
            {
                case (1, WireFormat.Bytes):
                    sink.Load(ParseLoad(reader.ReadBytes()));
                    break;
                case (2, WireFormat.Bytes):
                    var (start, length) = reader.ReadExtent();
                    sink.Invoke(ReadInvoke(message.Slice(start, length), texts));
                    break;
                case (3, WireFormat.Bytes):
                    var packed = new WireReader(reader.ReadBytes());
                    while (packed.HasMore)
                    {
                        sink.Cancel(packed.ReadVarint());
                    }

                    break;
                case (3, WireFormat.Varint):
                    sink.Cancel(reader.ReadVarint());
                    break;
                case (4, WireFormat.Varint) when reader.ReadVarint() != 0:
                    sink.Drain();
                    break;
                case (4, WireFormat.Varint):
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }
    }

    private static LoadFunction ParseLoad(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return LoadFunction.Parser.ParseFrom(bytes);
        }
        catch (Google.Protobuf.InvalidProtocolBufferException e)
        {
            throw WireReader.Malformed(e.Message);
        }
    }

    private static InvokeCommand ReadInvoke(ReadOnlyMemory<byte> message, TextCache texts)
    {
        var arguments = CountArguments(message.Span) is > 0 and var count ? new EncodedValue[count] : [];
        var reader = new WireReader(message.Span);
        ulong callId = 0;
        uint function = 0, attempt = 0;
        var traceparent = "";
        var next = 0;
        while (reader.TryReadTag(out var field, out var type))
        {
            switch (field, type)
            {
                case (1, WireFormat.Varint):
                    callId = reader.ReadVarint();
                    break;
                case (2, WireFormat.Varint):
                    function = (uint)reader.ReadVarint();
                    break;
                case (3, WireFormat.Bytes):
                    var (start, length) = reader.ReadExtent();
                    arguments[next++] = ValueFormat.Read(message.Slice(start, length), texts);
                    break;
                case (4, WireFormat.Varint):
                    attempt = (uint)reader.ReadVarint();
                    break;
                case (5, WireFormat.Bytes):
                    traceparent = reader.ReadText();
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return new InvokeCommand(callId, function, arguments, attempt, traceparent);
    }

    private static int CountArguments(ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message);
        var count = 0;
        while (reader.TryReadTag(out var field, out var type))
        {
            count += (field, type) == (3, WireFormat.Bytes) ? 1 : 0;
            reader.Skip(type);
        }

        return count;
    }
}
