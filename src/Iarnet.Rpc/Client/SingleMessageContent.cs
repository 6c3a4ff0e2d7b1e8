using System.IO.Pipelines;
using System.Net;

namespace Iarnet.Rpc;

/// <summary>The body of a request that has one message.</summary>
internal sealed class SingleMessageContent<T>(Marshaller<T> marshaller, T message, int maxSize) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var pipe = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        new PipeMessageWriter(pipe, maxSize).Write(marshaller, message);
        await pipe.FlushAsync(cancellationToken).ConfigureAwait(false);
        await pipe.CompleteAsync().ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
