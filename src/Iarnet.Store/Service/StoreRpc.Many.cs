using Google.Protobuf;
using Iarnet.Objects;
using Iarnet.Rpc;
using Iarnet.Store.Wire;

namespace Iarnet.Store.Service;

internal sealed partial class StoreRpc
{
    public override Task<PutManyResponse> PutMany(PutManyRequest request, ServerCallContext context) => Guard(context, async () =>
    {
        CheckCount(request.Objects.Count);
        var bytes = request.Objects.Sum(static o => (long)o.Length);
        if (bytes > options.MaxChunkBytes)
        {
            throw Error(StatusCode.InvalidArgument, $"A PutMany has {bytes} bytes: at most {options.MaxChunkBytes} are taken together.");
        }

        var response = new PutManyResponse { Source = store.Source };
        var put = new PutOptions { Codec = request.Codec, Owner = request.Owner };
        var done = new List<ObjectRef>(request.Objects.Count);
        try
        {
            foreach (var one in request.Objects)
            {
                using var unfinished = await store.BeginAsync(put, one.Length, WriterKind.Streamed, context.CancellationToken).ConfigureAwait(false);
                await unfinished.WriteAsync(one.Memory, context.CancellationToken).ConfigureAwait(false);
                done.Add(store.Seal(unfinished, one.Length, out _));
            }

            // Whoever is gone would never release them.
            context.CancellationToken.ThrowIfCancellationRequested();
        }
        catch
        {
            done.ForEach(reference => store.Release(reference, request.Owner));
            throw;
        }

        response.Ids.Add(done.Select(static reference => reference.Id.ToWire()));
        return response;
    });

    public override Task<GetManyResponse> GetMany(GetManyRequest request, ServerCallContext context) => Guard(context, async () =>
    {
        CheckCount(request.Ids.Count);
        var response = new GetManyResponse();
        var room = options.MaxChunkBytes;
        foreach (var id in request.Ids.Select(static id => id.ToId()).ToArray())
        {
            var got = new GotObject();
            var reference = new ObjectRef(id, store.Source);
            var info = store.Stat(reference);
            if (info is null)
            {
                got.State = GotObject.Types.State.Absent;
            }
            else if (info.Size > room)
            {
                got.State = GotObject.Types.State.LeftOut;
            }
            else
            {
                await Fill(got, reference).ConfigureAwait(false);
                if (got.CalculateSize() > room)
                {
                    got = new GotObject { State = GotObject.Types.State.LeftOut };
                }

                room -= got.CalculateSize();
            }

            response.Objects.Add(got);
        }

        return response;

        async ValueTask Fill(GotObject got, ObjectRef reference)
        {
            try
            {
                using var lease = await store.GetAsync(reference, context.CancellationToken).ConfigureAwait(false);
                got.Codec = lease.Codec;
                got.Metadata.Add(lease.Metadata?.ToDictionary() ?? NoMetadata);

                // A copy: the response is written when the lease is over.
                got.Data = ByteString.CopyFrom(lease.Span);
            }
            catch (ObjectNotFoundException)
            {
                got.State = GotObject.Types.State.Absent;
            }
        }
    });
}
