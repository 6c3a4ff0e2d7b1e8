using System.Net;
using System.Net.Http.Headers;

namespace Iarnet.Rpc;

/// <summary>The body of a request.</summary>
internal abstract class CallContent : HttpContent
{
    private static readonly MediaTypeHeaderValue GrpcType = new(GrpcHeaders.ContentType);

    protected CallContent() => Headers.ContentType = GrpcType;

    /// <summary>The call is over: nothing more is to be sent. True when something is being sent at this moment: the caller must cancel it, since the server need not take it.</summary>
    public abstract bool Abandon(bool asEnd);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
