using Iarnet.Objects;
using Iarnet.Rpc;
using Iarnet.Store.Wire;
using Microsoft.Extensions.Logging;

namespace Iarnet.Store.Service;

/// <summary>The handlers: each checks what the peer chose, asks the store, and turns its errors into statuses.</summary>
internal sealed partial class StoreRpc(Store.ObjectStore store, StoreServiceOptions options, TimeProvider time, ILogger log) : Wire.ObjectStore.ObjectStoreBase
{
    public override Task<HelloResponse> Hello(HelloRequest request, ServerCallContext context) => Answer(context, () =>
    {
        store.Welcome(request.Owner);
        return new HelloResponse
        {
            Source = store.Source,
            SegmentFolder = store.SegmentFolder ?? "",
            Probe = store.SegmentFolder is null ? "" : store.Probe,
            MaxObjectBytes = (ulong)store.MaxObjectBytes,
            MaxChunkBytes = (uint)options.MaxChunkBytes,
        };
    });

    public override Task<ReleaseResponse> Release(ReleaseRequest request, ServerCallContext context) => Answer(context, () =>
    {
        foreach (var id in request.Ids)
        {
            store.Release(new ObjectRef(id.ToId(), store.Source), request.Owner.Length == 0 ? null : request.Owner);
        }

        return new ReleaseResponse();
    });

    public override Task<DeleteResponse> Delete(DeleteRequest request, ServerCallContext context) => Answer(context, () =>
        new DeleteResponse { Deleted = (uint)request.Ids.Count(id => store.Delete(new ObjectRef(id.ToId(), store.Source))) });

    public override Task<ListResponse> List(ListRequest request, ServerCallContext context) => Answer(context, () =>
    {
        var filter = new ObjectFilter { Owner = request.Owner.Length == 0 ? null : request.Owner, Codec = request.Codec.Length == 0 ? null : request.Codec };
        var page = store.List(filter, (int)Math.Min(request.Continuation, int.MaxValue), request.Limit == 0 ? 1000 : (int)Math.Min(request.Limit, int.MaxValue));
        var response = new ListResponse();
        if (page.Continuation is { } continuation)
        {
            response.Continuation = (uint)continuation;
        }

        response.Objects.Add(page.Objects.Select(Entry));
        return response;
    });

    public override Task<WaitResponse> Wait(WaitRequest request, ServerCallContext context) => Guard(context, async () =>
    {
        var wanted = request.Ids.Select(id => new ObjectRef(id.ToId(), store.Source)).ToArray();
        var there = await store.WaitAsync(wanted, request.All ? WaitMode.All : WaitMode.Any, Milliseconds(request.Timeout), context.CancellationToken).ConfigureAwait(false);
        var response = new WaitResponse();
        response.Ids.Add(there.Select(static reference => reference.Id.ToWire()));
        return response;
    });

    public override Task<StatResponse> Stat(StatRequest request, ServerCallContext context) => Answer(context, () =>
    {
        var now = store.Statistics;
        return new StatResponse
        {
            Source = store.Source,
            Objects = (ulong)now.Objects,
            Bytes = (ulong)now.Bytes,
            SharedBytes = (ulong)now.SharedBytes,
            LimitBytes = (ulong)now.LimitBytes,
            Leases = (ulong)now.Leases,
            Unfinished = (ulong)now.Unfinished,
        };
    });

    private Task<T> Answer<T>(ServerCallContext context, Func<T> handler) => Guard(context, () => Task.FromResult(handler()));

    private async Task<T> Guard<T>(ServerCallContext context, Func<Task<T>> handler)
    {
        try
        {
            return await handler().ConfigureAwait(false);
        }
        catch (Exception error) when (error is not RpcException)
        {
            var code = CodeOf(error);
            if (code == StatusCode.Internal)
            {
                log.CallFailed(error, context.Method);
            }

            throw new RpcException(new Status(code, error.Message, error));
        }
    }

    private static StatusCode CodeOf(Exception error) => error switch
    {
        ObjectNotFoundException => StatusCode.NotFound,
        StoreFullException or QuotaExceededException => StatusCode.ResourceExhausted,
        MessageTooLargeException => StatusCode.OutOfRange,
        OwnerReleasedException => StatusCode.FailedPrecondition,
        ObjectDisposedException => StatusCode.Unavailable,
        OperationCanceledException => StatusCode.Cancelled,
        ArgumentException => StatusCode.InvalidArgument,
        _ => StatusCode.Internal,
    };

    private static ObjectEntry Entry(ObjectInfo info)
    {
        var entry = new ObjectEntry
        {
            Id = info.Reference.Id.ToWire(),
            Source = info.Reference.Source,
            Codec = info.Codec,
            Size = (ulong)info.Size,
            References = (uint)info.References,
            Leases = (uint)info.Leases,
            InMemory = info.InMemory,
            ExpiresAt = (ulong)Math.Max(0, info.ExpiresAt?.ToUnixTimeMilliseconds() ?? 0),
        };
        entry.Metadata.Add(info.Metadata?.ToDictionary() ?? _noMetadata);
        return entry;
    }

    // A wait has an end, whatever the peer asks for.
    private static TimeSpan Milliseconds(ulong count) => TimeSpan.FromMilliseconds(Math.Min(count, 3_600_000));

    // Checked as it came: a cast would turn a huge size into a small or negative one.
    private void CheckSize(ulong size) => store.CheckSize((long)Math.Min(size, long.MaxValue));

    private static RpcException Error(StatusCode code, string text) => new(new Status(code, text));
}
