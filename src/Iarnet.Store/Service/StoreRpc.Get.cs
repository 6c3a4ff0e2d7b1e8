using Google.Protobuf;
using Iarnet.Objects;
using Iarnet.Rpc;
using Iarnet.Store.Wire;

namespace Iarnet.Store.Service;

internal sealed partial class StoreRpc
{
    // What a core's cache holds beside the copies on the way: larger pieces take as many calls less as they cost more.
    private const int PieceBytes = 512 * 1024;

    private static readonly Dictionary<string, string> NoMetadata = [];

    public override Task Get(GetRequest request, IServerStreamWriter<GetResponse> responseStream, ServerCallContext context) => Guard(context, async () =>
    {
        var reference = new ObjectRef(request.Id.ToId(), request.Source.Length == 0 ? store.Source : request.Source);
        using var lease = await store.GetAsync(reference, Milliseconds(request.Wait), context.CancellationToken).ConfigureAwait(false);
        var size = (ulong)lease.Size;
        if (request.Offset > size || request.Length > size - request.Offset)
        {
            throw Error(StatusCode.OutOfRange, $"The object {lease.Reference.Id} has {size} bytes: {request.Length} from {request.Offset} are not all there.");
        }

        using var stall = new CancellationTokenSource(options.StallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, context.CancellationToken);
        var left = lease.Memory[(int)request.Offset..];
        left = request.Length == 0 ? left : left[..(int)request.Length];
        var header = new GetHeader { Codec = lease.Codec, Size = size };
        header.Metadata.Add(lease.Metadata?.ToDictionary() ?? NoMetadata);
        await Send(new GetResponse { Header = header }).ConfigureAwait(false);
        while (!left.IsEmpty)
        {
            var chunk = left[..Math.Min(left.Length, Math.Min(options.MaxChunkBytes, PieceBytes))];
            left = left[chunk.Length..];

            // Not copied: the message is written before the lease ends.
            await Send(new GetResponse { Chunk = UnsafeByteOperations.UnsafeWrap(chunk) }).ConfigureAwait(false);
        }

        return true;

        async ValueTask Send(GetResponse message)
        {
            stall.CancelAfter(options.StallTimeout);
            try
            {
                await responseStream.WriteAsync(message, either.Token).ConfigureAwait(false);
            }
            catch (Exception) when (stall.IsCancellationRequested)
            {
                throw Error(StatusCode.DeadlineExceeded, $"The reader took nothing for {options.StallTimeout.TotalSeconds:0.###} s.");
            }
        }
    });
}
