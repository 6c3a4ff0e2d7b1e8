using Iarnet.Objects;

namespace Iarnet.Store.Transfer;

/// <summary>Says that a reader is done with what it was given a ticket for.</summary>
internal readonly record struct DoneRequest(ObjectRef Reference, long Ticket, bool HasAll)
{
    public int Write(Span<byte> to)
    {
        var body = new BodyWriter(to);
        body.Id(Reference.Id.Value);
        body.Text(Reference.Source);
        body.Int64(Ticket);
        body.Byte(HasAll ? (byte)1 : (byte)0);
        return body.Length;
    }

    public static DoneRequest Read(ReadOnlySpan<byte> from)
    {
        var body = new BodyReader(from);
        var request = new DoneRequest(new ObjectRef(new ObjectId(body.Id()), body.Text(TransferLimits.SourceCharacters)), body.Int64(), body.Byte() == 1);
        body.End();
        return request;
    }
}
