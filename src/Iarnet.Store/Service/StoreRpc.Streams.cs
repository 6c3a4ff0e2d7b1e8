using Iarnet.Objects;
using Iarnet.Rpc;
using Iarnet.Store.Streams;
using Iarnet.Store.Wire;

namespace Iarnet.Store.Service;

internal sealed partial class StoreRpc
{
    private static readonly TimeSpan FirstCall = TimeSpan.FromSeconds(10);

    public override Task<CreateStreamResponse> CreateStream(CreateStreamRequest request, ServerCallContext context) => Answer(context, () =>
    {
        var standard = StreamOptions.Default;
        var stream = store.CreateStream(
            new StreamOptions
            {
                Owner = request.Owner,
                Id = request.Id.ToOptionalId(),
                Codec = request.Codec,
                Metadata = request.Metadata.Count == 0 ? null : request.Metadata,
                Retain = !request.Passing,
                BufferBytes = request.BufferBytes == 0 ? standard.BufferBytes : (long)Math.Min(request.BufferBytes, long.MaxValue),
                BufferChunks = request.BufferChunks == 0 ? standard.BufferChunks : (int)Math.Min(request.BufferChunks, int.MaxValue),
                WriterGrace = request.WriterGrace == 0 ? standard.WriterGrace : TimeSpan.FromMilliseconds(Math.Min(request.WriterGrace, 86_400_000)),
            },
            isRemote: true);

        // A writer that never comes is one that went away; its first call is on its way.
        stream.LeaveWriter(stream.TakeWriter(out _), FirstCall);
        return new CreateStreamResponse { Id = stream.Reference.Id.ToWire(), Source = store.Source };
    });

    public override Task<AppendStreamResponse> AppendStream(IAsyncStreamReader<AppendStreamRequest> requestStream, ServerCallContext context) => Guard(context, async () =>
    {
        using var stall = new CancellationTokenSource(options.StallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, context.CancellationToken);
        if (!await Next(requestStream, stall, either.Token).ConfigureAwait(false) || requestStream.Current.Header is not { } header)
        {
            throw Error(StatusCode.InvalidArgument, "An AppendStream begins with its header, and its first message had none.");
        }

        var stream = OwnStream(header.Id.ToId(), header.Owner);
        using var append = new StreamAppend(store, stream, header.Offset, options.MaxChunkBytes);

        // Says that this is the writer now.
        await context.WriteResponseHeadersAsync(Metadata.Empty).ConfigureAwait(false);
        while (append.IsInsideChunk
            ? await Next(requestStream, stall, either.Token).ConfigureAwait(false)
            : await requestStream.MoveNext(context.CancellationToken).ConfigureAwait(false))
        {
            var message = requestStream.Current;
            switch (message.PartCase)
            {
                case AppendStreamRequest.PartOneofCase.Chunks:
                    await append.WriteAsync(message.Chunks, context.CancellationToken).ConfigureAwait(false);
                    break;
                case AppendStreamRequest.PartOneofCase.End when message.End.State is Wire.StreamState.Completed or Wire.StreamState.Failed:
                    append.End(message.End.State == Wire.StreamState.Completed ? null : StreamErrors.Cut(message.End.Error));
                    break;
                default:
                    throw Error(StatusCode.InvalidArgument, "After its header an AppendStream has chunks, and then its end as completed or failed.");
            }
        }

        // Whoever is gone may come back.
        context.CancellationToken.ThrowIfCancellationRequested();
        return new AppendStreamResponse { Offset = (ulong)stream.Next };
    });

    public override Task<AbandonStreamResponse> AbandonStream(AbandonStreamRequest request, ServerCallContext context) => Answer(context, () =>
    {
        OwnStream(request.Id.ToId(), request.Owner).Abandon("its writer gave it up");
        return new AbandonStreamResponse();
    });

    public override Task<StatStreamResponse> StatStream(StatStreamRequest request, ServerCallContext context) => Answer(context, () =>
    {
        var info = AnyStream(request.Id.ToId()).Info;
        return new StatStreamResponse
        {
            State = (Wire.StreamState)info.State,
            First = (ulong)info.First,
            Next = (ulong)info.Next,
            Bytes = (ulong)info.Bytes,
            Readers = (uint)info.Readers,
            Error = info.Error ?? "",
        };
    });

    private ObjectStream AnyStream(ObjectId id) => store.FindStream(new ObjectRef(id, store.Source))
        ?? throw new ObjectNotFoundException($"The store of '{store.Source}' has no stream {id}: it was never created here, or its last reference was released.");

    private ObjectStream OwnStream(ObjectId id, string owner)
    {
        var stream = AnyStream(id);
        return stream.Creator == owner ? stream : throw Error(StatusCode.PermissionDenied, $"The stream {id} was not created by '{owner}': only who created it writes it.");
    }
}
