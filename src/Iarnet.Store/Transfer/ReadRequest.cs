using Iarnet.Objects;

namespace Iarnet.Store.Transfer;

/// <summary>Asks for a run of chunks.</summary>
internal readonly record struct ReadRequest(ObjectRef Reference, long Size, long Offset, long Length)
{
    public int Write(Span<byte> to)
    {
        var body = new BodyWriter(to);
        body.Id(Reference.Id.Value);
        body.Text(Reference.Source);
        body.Int64(Size);
        body.Int64(Offset);
        body.Int64(Length);
        return body.Length;
    }

    public static ReadRequest Read(ReadOnlySpan<byte> from)
    {
        var body = new BodyReader(from);
        var request = new ReadRequest(new ObjectRef(new ObjectId(body.Id()), body.Text(TransferLimits.SourceCharacters)), body.Int64(), body.Int64(), body.Int64());
        body.End();
        var (_, size, offset, length) = request;
        if (size is < 0 or > TransferLimits.ObjectBytes || offset < 0 || offset > size || length < 0 || length > size - offset)
        {
            throw new TransferProtocolException($"A range of {length} bytes from {offset} does not lie in an object of {size} bytes.");
        }

        return offset % TransferLimits.ChunkBytes == 0 && (length % TransferLimits.ChunkBytes == 0 || offset + length == size)
            ? request
            : throw new TransferProtocolException($"A range of {length} bytes from {offset} is not one of whole chunks of {TransferLimits.ChunkBytes} bytes.");
    }
}
