using Iarnet.Rpc;
using Iarnet.Store.Wire;

namespace Iarnet.Store.Service;

internal sealed partial class StoreRpc
{
    public override Task<PutResponse> Put(IAsyncStreamReader<PutRequest> requestStream, ServerCallContext context) => Guard(context, async () =>
    {
        using var stall = new CancellationTokenSource(options.StallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, context.CancellationToken);
        if (!await Next(requestStream, stall, either.Token).ConfigureAwait(false) || requestStream.Current.Header is not { } header)
        {
            throw Error(StatusCode.InvalidArgument, "A Put begins with its header, and its first message had none.");
        }

        CheckSize(header.Size);
        var announced = (long)header.Size;
        using var unfinished = await store.BeginAsync(header.Owner, header.Id.ToOptionalId(), header.Codec, announced, WriterKind.Streamed, context.CancellationToken)
            .ConfigureAwait(false);
        while (await Next(requestStream, stall, either.Token).ConfigureAwait(false))
        {
            if (requestStream.Current.PartCase != PutRequest.PartOneofCase.Chunk)
            {
                throw Error(StatusCode.InvalidArgument, "After its header a Put has chunks only.");
            }

            var chunk = requestStream.Current.Chunk;
            if (chunk.Length > options.MaxChunkBytes)
            {
                throw Error(StatusCode.InvalidArgument, $"A chunk has {chunk.Length} bytes: at most {options.MaxChunkBytes} are taken.");
            }

            if (announced > 0 && unfinished.Written + chunk.Length > announced)
            {
                throw Error(StatusCode.InvalidArgument, $"A Put announced {announced} bytes and sent more.");
            }

            await unfinished.WriteAsync(chunk.Memory, context.CancellationToken).ConfigureAwait(false);
        }

        if (announced > 0 && unfinished.Written != announced)
        {
            throw Error(StatusCode.InvalidArgument, $"A Put announced {announced} bytes and sent {unfinished.Written}.");
        }

        // Whoever is gone would never release it.
        context.CancellationToken.ThrowIfCancellationRequested();
        return Sealed(unfinished, unfinished.Written);
    });

    public override Task<CreateResponse> Create(CreateRequest request, ServerCallContext context) => Guard(context, async () =>
    {
        CheckSize(request.Size);
        var size = (long)request.Size;
        if (!store.Allocator.IsShared(size))
        {
            throw Error(StatusCode.FailedPrecondition, store.SegmentFolder is null
                ? "This store has no shared memory: use Put."
                : $"An object of {size} bytes does not go to shared memory, which begins at {store.Options.SharedMinimum}: use Put.");
        }

        var id = request.Id.ToOptionalId();
        if (id is { } given && store.FindUnfinished(request.Owner, given) is not null)
        {
            throw Error(StatusCode.AlreadyExists, $"The owner '{request.Owner}' is writing the object {given} already: seal or abort it first, or use Put.");
        }

        var unfinished = await store.BeginAsync(request.Owner, id, request.Codec, size, WriterKind.Mapped, context.CancellationToken).ConfigureAwait(false);
        if (context.CancellationToken.IsCancellationRequested)
        {
            // Nobody will read the answer, so nobody will ever seal it.
            store.Forget(unfinished);
            context.CancellationToken.ThrowIfCancellationRequested();
        }

        return new CreateResponse
        {
            Id = unfinished.Id.ToWire(),
            Location = new Location { File = unfinished.File, Size = (ulong)size },
        };
    });

    public override Task<PutResponse> Seal(SealRequest request, ServerCallContext context) => Answer(context, () =>
    {
        var unfinished = Unfinished(request.Owner, request.Id);
        return request.Size <= (ulong)unfinished.Size
            ? Sealed(unfinished, (int)request.Size)
            : throw Error(StatusCode.InvalidArgument, $"The object {unfinished.Id} was created with {unfinished.Size} bytes and cannot be sealed with {request.Size}.");
    });

    public override Task<AbortResponse> Abort(AbortRequest request, ServerCallContext context) => Answer(context, () =>
    {
        store.Forget(Unfinished(request.Owner, request.Id));
        return new AbortResponse();
    });

    private UnfinishedObject Unfinished(string owner, Google.Protobuf.ByteString id)
    {
        var wanted = id.ToId();
        return store.FindUnfinished(owner, wanted)
            ?? throw new ObjectNotFoundException($"The owner '{owner}' has no unfinished object {wanted}: it was never created, was sealed or aborted, or is another's.");
    }

    private PutResponse Sealed(UnfinishedObject unfinished, int size)
    {
        var reference = store.Seal(unfinished, size, out var existed);
        return new PutResponse { Id = reference.Id.ToWire(), Source = reference.Source, Size = (ulong)size, Existed = existed };
    }

    private async ValueTask<bool> Next(IAsyncStreamReader<PutRequest> requests, CancellationTokenSource stall, CancellationToken either)
    {
        stall.CancelAfter(options.StallTimeout);
        try
        {
            return await requests.MoveNext(either).ConfigureAwait(false);
        }
        catch (Exception) when (stall.IsCancellationRequested)
        {
            throw Error(StatusCode.DeadlineExceeded, $"A Put sent nothing for {options.StallTimeout.TotalSeconds:0.###} s.");
        }
        finally
        {
            // Waiting for room is not the client's pause.
            stall.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }
}
