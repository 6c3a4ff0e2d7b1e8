using System.Security.Cryptography;
using System.Text;
using Iarnet.Objects;
using Iarnet.Rpc;
using Iarnet.Store.Wire;
using Microsoft.Extensions.Logging;

namespace Iarnet.Store.Service;

/// <summary>The handlers: each checks what the peer chose, asks the store, and turns its errors into statuses.</summary>
internal sealed partial class StoreRpc(Store.ObjectStore store, StoreServiceOptions options, TimeProvider time, ILogger log) : Wire.ObjectStore.ObjectStoreBase
{
    /// <summary>Most objects that one request names.</summary>
    public const int MostIds = 1024;

    public const string Authorization = "authorization";

    public const string Bearer = "Bearer ";

    private const int MostListed = 10_000;
    private const int BytesOfPage = 2 << 20;

    private readonly byte[]? _token = options.AccessToken is { } token ? Digest(Bearer + token) : null;

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
        CheckCount(request.Ids.Count);
        foreach (var id in request.Ids.Select(static id => id.ToId()).ToArray())
        {
            store.Release(new ObjectRef(id, store.Source), request.Owner.Length == 0 ? null : request.Owner);
        }

        return new ReleaseResponse();
    });

    public override Task<DeleteResponse> Delete(DeleteRequest request, ServerCallContext context) => Answer(context, () =>
    {
        CheckCount(request.Ids.Count);
        return new DeleteResponse { Deleted = (uint)request.Ids.Select(static id => id.ToId()).ToArray().Count(id => store.Delete(new ObjectRef(id, store.Source))) };
    });

    public override Task<ListResponse> List(ListRequest request, ServerCallContext context) => Answer(context, () =>
    {
        var filter = new ObjectFilter { Owner = request.Owner.Length == 0 ? null : request.Owner, Codec = request.Codec.Length == 0 ? null : request.Codec };
        var limit = request.Limit == 0 ? 1000 : (int)Math.Min(request.Limit, MostListed);
        var response = new ListResponse();
        int? next = (int)Math.Min(request.Continuation, int.MaxValue);
        for (var bytes = 0; next is { } from && response.Objects.Count < limit && bytes < BytesOfPage;)
        {
            // In small steps: what the words of many objects take must fit into a message.
            var page = store.List(filter, from, Math.Min(100, limit - response.Objects.Count));
            foreach (var entry in page.Objects.Select(Entry))
            {
                response.Objects.Add(entry);
                bytes += entry.CalculateSize();
            }

            next = page.Continuation;
        }

        if (next is { } continuation)
        {
            response.Continuation = (uint)continuation;
        }

        return response;
    });

    public override Task<WaitResponse> Wait(WaitRequest request, ServerCallContext context) => Guard(context, async () =>
    {
        CheckCount(request.Ids.Count);
        var wanted = request.Ids.Select(id => new ObjectRef(id.ToId(), store.Source)).ToArray();
        var there = await store.WaitAsync(wanted, request.All ? WaitMode.All : WaitMode.Any, Milliseconds(request.Timeout), context.CancellationToken).ConfigureAwait(false);
        var response = new WaitResponse();
        response.Ids.Add(there.Select(static reference => reference.Id.ToWire()));
        return response;
    });

    public override Task<StatObjectResponse> StatObject(StatObjectRequest request, ServerCallContext context) => Answer(context, () =>
    {
        var info = store.Stat(new ObjectRef(request.Id.ToId(), request.Source.Length == 0 ? store.Source : request.Source));
        return new StatObjectResponse { Object = info is null ? null : Entry(info) };
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
            Authenticate(context);
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
        StreamAbandonedException or ObjectDamagedException => StatusCode.DataLoss,
        StreamFailedException => StatusCode.Aborted,
        CallTimeoutException => StatusCode.DeadlineExceeded,
        StoreUnavailableException => StatusCode.Unavailable,
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
        entry.Metadata.Add(info.Metadata?.ToDictionary() ?? NoMetadata);
        return entry;
    }

    private static void CheckCount(int count)
    {
        if (count > MostIds)
        {
            throw Error(StatusCode.InvalidArgument, $"A request names {count} objects: expected at most {MostIds}, in several requests if need be.");
        }
    }

    private void Authenticate(ServerCallContext context)
    {
        if (_token is not null && !(context.RequestHeaders.Get(Authorization)?.Value is { } given && CryptographicOperations.FixedTimeEquals(_token, Digest(given))))
        {
            throw Error(StatusCode.Unauthenticated, "This store wants an access token: metadata 'authorization' with 'Bearer ' and the token.");
        }
    }

    // Of equal length whatever was given, so that the time to compare says nothing.
    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    // A wait has an end, whatever the peer asks for.
    private static TimeSpan Milliseconds(ulong count) => TimeSpan.FromMilliseconds(Math.Min(count, 3_600_000));

    // Checked as it came: a cast would turn a huge size into a small or negative one.
    private void CheckSize(ulong size) => store.CheckSize((long)Math.Min(size, long.MaxValue));

    private static RpcException Error(StatusCode code, string text) => new(new Status(code, text));
}
