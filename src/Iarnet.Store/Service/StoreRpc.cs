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
            SharedMinimum = (ulong)store.Options.SharedMinimum,
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
        StoreFullException => StatusCode.ResourceExhausted,
        MessageTooLargeException => StatusCode.OutOfRange,
        OwnerReleasedException => StatusCode.FailedPrecondition,
        ObjectDisposedException => StatusCode.Unavailable,
        OperationCanceledException => StatusCode.Cancelled,
        ArgumentException => StatusCode.InvalidArgument,
        _ => StatusCode.Internal,
    };

    // Checked as it came: a cast would turn a huge size into a small or negative one.
    private void CheckSize(ulong size) => store.CheckSize((long)Math.Min(size, long.MaxValue));

    private static RpcException Error(StatusCode code, string text) => new(new Status(code, text));
}
