using Iarnet.Objects;

namespace Iarnet.Store.Transfer;

/// <summary>Asks a source how large an object is and where to read it.</summary>
/// <param name="Reference">Which object.</param>
/// <param name="Eager">If the object is no larger than this, it follows at once; at most one chunk.</param>
/// <param name="Endpoint">Where the reader will serve what it gets; empty: nowhere.</param>
/// <param name="Refused">Holders that the reader tried in vain.</param>
internal sealed record LocateRequest(ObjectRef Reference, int Eager, string Endpoint, IReadOnlyList<string> Refused)
{
    public int Write(Span<byte> to)
    {
        var body = new BodyWriter(to);
        body.Id(Reference.Id.Value);
        body.Text(Reference.Source);
        body.UInt32((uint)Eager);
        body.Text(Endpoint);
        body.Texts(Refused);
        return body.Length;
    }

    public static LocateRequest Read(ReadOnlySpan<byte> from)
    {
        var body = new BodyReader(from);
        var reference = new ObjectRef(new ObjectId(body.Id()), body.Text(TransferLimits.SourceCharacters));
        var eager = body.UInt32();
        var request = new LocateRequest(reference, (int)Math.Min(eager, TransferLimits.ChunkBytes), body.Text(TransferLimits.EndpointCharacters),
            body.Texts(TransferLimits.Endpoints, TransferLimits.EndpointCharacters));
        body.End();
        return request;
    }
}
