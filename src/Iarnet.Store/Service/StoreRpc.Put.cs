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
        var put = new PutOptions
        {
            Codec = header.Codec,
            Owner = header.Owner,
            Id = header.Id.ToOptionalId(),
            TimeToLive = header.TimeToLive == 0 ? null : TimeSpan.FromMilliseconds(Math.Min(header.TimeToLive, long.MaxValue / 20_000)),
            Metadata = header.Metadata.Count == 0 ? null : header.Metadata,
            Durable = header.Durable,
        };
        using var unfinished = await store.BeginAsync(put, announced, WriterKind.Streamed, context.CancellationToken, evenIfThere: true).ConfigureAwait(false);
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
        var size = unfinished.Written;
        var (reference, existed) = await store.SealAsync(unfinished, size, context.CancellationToken).ConfigureAwait(false);
        return new PutResponse { Id = reference.Id.ToWire(), Source = reference.Source, Size = (ulong)size, Existed = existed };
    });

    private async ValueTask<bool> Next<T>(IAsyncStreamReader<T> requests, CancellationTokenSource stall, CancellationToken either)
    {
        stall.CancelAfter(options.StallTimeout);
        try
        {
            return await requests.MoveNext(either).ConfigureAwait(false);
        }
        catch (Exception) when (stall.IsCancellationRequested)
        {
            throw Error(StatusCode.DeadlineExceeded, $"The client sent nothing for {options.StallTimeout.TotalSeconds:0.###} s.");
        }
        finally
        {
            // Waiting for room is not the client's pause.
            stall.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }
}
