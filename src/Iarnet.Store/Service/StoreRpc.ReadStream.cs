using Google.Protobuf;
using Iarnet.Objects;
using Iarnet.Rpc;
using Iarnet.Store.Streams;
using Iarnet.Store.Wire;

namespace Iarnet.Store.Service;

internal sealed partial class StoreRpc
{
    private const int BatchBytes = 64 * 1024;

    public override Task ReadStream(ReadStreamRequest request, IServerStreamWriter<ReadStreamResponse> responseStream, ServerCallContext context) => Guard(context, async () =>
    {
        var token = context.CancellationToken;
        var read = new StreamReadOptions
        {
            From = request.Start == StreamStart.Offset ? (long)Math.Min(request.Offset, long.MaxValue) : null,
            FromEnd = request.Start == StreamStart.End,
            Wait = Milliseconds(request.Wait),
        };
        var reference = new ObjectRef(request.Id.ToId(), request.Source.Length == 0 ? store.Source : request.Source);
        var stream = await store.FindStreamAsync(reference, read.Wait, token).ConfigureAwait(false);

        // A detached one is no reader of the stream, and its chunks may go while it reads.
        var cursor = stream.Attach(read);
        var offset = cursor.Position;
        try
        {
            if (request.Detached)
            {
                stream.Detach(cursor);
            }

            var header = new ReadStreamHeader { Codec = stream.Options.Codec, From = (ulong)offset };
            header.Metadata.Add(stream.Options.Metadata?.ToDictionary() ?? NoMetadata);
            await responseStream.WriteAsync(new ReadStreamResponse { Header = header }, token).ConfigureAwait(false);
            var wait = request.ChunkWait == 0 ? Timeout.InfiniteTimeSpan : Milliseconds(request.ChunkWait);
            var end = request.Count == 0 || request.Count > (ulong)(long.MaxValue - offset) ? long.MaxValue : offset + (long)request.Count;
            while (offset < end && await store.ReadChunkAsync(stream, offset, wait, token).ConfigureAwait(false) is { } chunk)
            {
                var count = await SendAsync(responseStream, stream, chunk, offset, end, token).ConfigureAwait(false);
                offset += count;
                for (; count > 0; count--)
                {
                    stream.Advance(cursor);
                }
            }
        }
        finally
        {
            stream.Detach(cursor);
        }

        return true;
    });

    // Sends a chunk, with those behind it when they are small and there.
    private async ValueTask<int> SendAsync(
        IServerStreamWriter<ReadStreamResponse> responses, ObjectStream stream, ObjectLease first, long offset, long end, CancellationToken cancellationToken)
    {
        var leases = new List<ObjectLease> { first };
        try
        {
            var bytes = first.Size;
            for (var last = Math.Min(end, stream.Next); leases.Count < StreamAppend.MostChunks && bytes < BatchBytes && offset + leases.Count < last;)
            {
                if (!stream.TryLook(offset + leases.Count, out var chunk) || chunk.Size > BatchBytes - bytes || !store.TryLease(chunk, store.Source, out var lease))
                {
                    break;
                }

                leases.Add(lease);
                bytes += lease.Size;
            }

            var left = first.Memory;
            for (; left.Length > options.MaxChunkBytes; left = left[options.MaxChunkBytes..])
            {
                var part = new StreamChunks { More = true };
                part.Chunks.Add(UnsafeByteOperations.UnsafeWrap(left[..options.MaxChunkBytes]));
                await responses.WriteAsync(new ReadStreamResponse { Chunks = part }, cancellationToken).ConfigureAwait(false);
            }

            var message = new StreamChunks();
            message.Chunks.Add(UnsafeByteOperations.UnsafeWrap(left));
            message.Chunks.Add(leases.Skip(1).Select(static l => UnsafeByteOperations.UnsafeWrap(l.Memory)));

            // Not copied: the message is written before the leases end.
            await responses.WriteAsync(new ReadStreamResponse { Chunks = message }, cancellationToken).ConfigureAwait(false);
            return leases.Count;
        }
        finally
        {
            leases.ForEach(static l => l.Dispose());
        }
    }
}
