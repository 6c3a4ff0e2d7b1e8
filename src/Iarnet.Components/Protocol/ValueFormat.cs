using System.Buffers.Binary;
using Iarnet.Objects;

namespace Iarnet.Components.Protocol;

/// <summary><c>iarnet.actor.v1.Value</c>: an argument or a result.</summary>
internal static class ValueFormat
{
    private const int IdLength = 16;

    public static int SizeOf(in EncodedValue value)
    {
        var size = WireFormat.FieldSize((ulong)value.Size);
        return value.IsReference
            ? size + WireFormat.FieldSizeOfBytes(ReferenceSize(value.Reference))
            : size + WireFormat.FieldSizeOfText(value.Payload.Codec) + WireFormat.FieldSizeOfBytes(value.Payload.Bytes.Length);
    }

    public static int Write(Span<byte> to, int at, in EncodedValue value)
    {
        if (value.IsReference)
        {
            at = WireFormat.WriteHead(to, at, 3, ReferenceSize(value.Reference));
            Span<byte> id = stackalloc byte[IdLength];
            BinaryPrimitives.WriteUInt128BigEndian(id, value.Reference.Id.Value);
            at = WireFormat.WriteField(to, at, 1, id);
            at = WireFormat.WriteField(to, at, 2, value.Reference.Source);
        }
        else
        {
            at = WireFormat.WriteField(to, at, 1, value.Payload.Codec);
            at = WireFormat.WriteField(to, at, 2, value.Payload.Bytes.Span);
        }

        return WireFormat.WriteField(to, at, 4, (ulong)value.Size);
    }

    /// <summary>Reads a value; inline bytes stay where they are in <paramref name="message"/>.</summary>
    public static EncodedValue Read(ReadOnlyMemory<byte> message, TextCache texts)
    {
        var reader = new WireReader(message.Span);
        var codec = "";
        ReadOnlyMemory<byte> inline = default;
        ObjectRef? reference = null;
        ulong size = 0;
        while (reader.TryReadTag(out var field, out var type))
        {
            switch (field, type)
            {
                case (1, WireFormat.Bytes):
                    codec = texts.Get(reader.ReadBytes());
                    break;
                case (2, WireFormat.Bytes):
                    var (start, length) = reader.ReadExtent();
                    inline = message.Slice(start, length);
                    reference = null;
                    break;
                case (3, WireFormat.Bytes):
                    reference = ReadReference(reader.ReadBytes(), texts);
                    break;
                case (4, WireFormat.Varint):
                    size = reader.ReadVarint();
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return reference is { } there
            ? new EncodedValue(there, (long)Math.Min(size, long.MaxValue))
            : new EncodedValue(new Payload(codec, inline));
    }

    private static int ReferenceSize(in ObjectRef reference) => WireFormat.FieldSizeOfBytes(IdLength) + WireFormat.FieldSizeOfText(reference.Source);

    private static ObjectRef ReadReference(ReadOnlySpan<byte> message, TextCache texts)
    {
        var reader = new WireReader(message);
        UInt128 id = default;
        var source = "";
        while (reader.TryReadTag(out var field, out var type))
        {
            switch (field, type)
            {
                case (1, WireFormat.Bytes):
                    var bytes = reader.ReadBytes();
                    id = bytes.Length == IdLength
                        ? BinaryPrimitives.ReadUInt128BigEndian(bytes)
                        : throw WireReader.Malformed($"an object id has {bytes.Length} bytes, expected {IdLength}");
                    break;
                case (2, WireFormat.Bytes):
                    source = texts.Get(reader.ReadBytes());
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return new ObjectRef(new ObjectId(id), source);
    }
}
