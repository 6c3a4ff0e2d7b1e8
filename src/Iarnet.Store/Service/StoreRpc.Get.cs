using Google.Protobuf;
using Iarnet.Objects;
using Iarnet.Rpc;
using Iarnet.Store.Wire;

namespace Iarnet.Store.Service;

internal sealed partial class StoreRpc
{
    public override Task Get(GetRequest request, IServerStreamWriter<GetResponse> responseStream, ServerCallContext context) => Guard(context, async () =>
    {
        using var lease = store.Get(new ObjectRef(request.Id.ToId(), store.Source));
        var size = (ulong)lease.Size;
        if (request.Offset > size || request.Length > size - request.Offset)
        {
            throw Error(StatusCode.OutOfRange, $"The object {lease.Reference.Id} has {size} bytes: {request.Length} from {request.Offset} are not all there.");
        }

        using var stall = new CancellationTokenSource(options.StallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, context.CancellationToken);
        var left = lease.Memory[(int)request.Offset..];
        left = request.Length == 0 ? left : left[..(int)request.Length];
        await Send(new GetResponse { Header = new GetHeader { Codec = lease.Codec, Size = size } }).ConfigureAwait(false);
        while (!left.IsEmpty)
        {
            var chunk = left[..Math.Min(left.Length, options.MaxChunkBytes)];
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

    public override Task<LeaseResponse> Lease(LeaseRequest request, ServerCallContext context) => Answer(context, () =>
    {
        var leased = store.Lease(new ObjectRef(request.Id.ToId(), store.Source), request.Owner, out var number);
        var keep = false;
        try
        {
            if (leased.Block.File is { } file)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                keep = true;
                return new LeaseResponse { Codec = leased.Codec, Lease = number, Location = new Location { File = file, Size = (ulong)leased.Size } };
            }

            return leased.Size <= options.MaxChunkBytes
                ? new LeaseResponse { Codec = leased.Codec, Inline = ByteString.CopyFrom(leased.Block.Span(leased.Size).Span) }
                : throw Error(StatusCode.FailedPrecondition, $"The object {leased.Id} of {leased.Size} bytes is not in shared memory: use Get.");
        }
        finally
        {
            if (!keep)
            {
                store.Unlease(request.Owner, number);
            }
        }
    });

    public override Task<UnleaseResponse> Unlease(UnleaseRequest request, ServerCallContext context) => Answer(context, () =>
    {
        foreach (var lease in request.Leases)
        {
            store.Unlease(request.Owner, lease);
        }

        return new UnleaseResponse();
    });
}
