using System.Threading.Channels;
using Google.Protobuf;
using Iarnet.Rpc.Testing;

namespace Iarnet.Rpc.Harness;

/// <summary>The contract of echo.proto; the same as echo_service.py.</summary>
internal sealed class EchoService : Echo.EchoBase
{
    private readonly Channel<string> _cancelled = Channel.CreateUnbounded<string>();

    /// <summary>One item for each call that was cancelled while it waited.</summary>
    public ChannelReader<string> Cancelled => _cancelled.Reader;

    /// <summary>When set, a call that waits does not listen to its token but to this.</summary>
    public TaskCompletionSource? DeafUntil { get; set; }

    public static ServerServiceDefinition BindServed(EchoService service)
    {
        var all = new ServedMethods(Echo.BindService(service));
        return all.WithoutNowhere();
    }

    public override async Task<EchoReply> Unary(EchoRequest request, ServerCallContext context)
    {
        await Act(request, context);
        return Reply(request, context, 1);
    }

    public override async Task<EchoReply> Collect(IAsyncStreamReader<EchoRequest> requestStream, ServerCallContext context)
    {
        var last = new EchoRequest();
        var texts = new List<string>();
        await foreach (var request in requestStream.ReadAllAsync())
        {
            last = request;
            await Act(request, context);
            texts.Add(request.Text);
        }

        last.Text = string.Join(',', texts);
        return Reply(last, context, texts.Count);
    }

    public override async Task Expand(EchoRequest request, IServerStreamWriter<EchoReply> responseStream, ServerCallContext context)
    {
        if (request.Mirror)
        {
            await Mirror(context);
            request.Mirror = false;
        }

        for (var i = 0; i < request.Count; i++)
        {
            await responseStream.WriteAsync(Reply(request, context, i));
        }

        await Act(request, context);
    }

    public override async Task Chat(IAsyncStreamReader<EchoRequest> requestStream, IServerStreamWriter<EchoReply> responseStream, ServerCallContext context)
    {
        var count = 0;
        await foreach (var request in requestStream.ReadAllAsync())
        {
            await Act(request, context);
            await responseStream.WriteAsync(Reply(request, context, count++));
        }
    }

    private static async Task Mirror(ServerCallContext context)
    {
        var headers = new Metadata();
        foreach (var entry in context.RequestHeaders.Where(entry => entry.Key.StartsWith("x-", StringComparison.Ordinal)))
        {
            headers.Add(entry);
            context.ResponseTrailers.Add(entry.IsBinary
                ? new Metadata.Entry("trailer-" + entry.Key, entry.ValueBytes)
                : new Metadata.Entry("trailer-" + entry.Key, entry.Value));
        }

        await context.WriteResponseHeadersAsync(headers);
    }

    private static EchoReply Reply(EchoRequest request, ServerCallContext context, int count) => new()
    {
        Text = request.Text,
        Payload = request.ReplyBytes > 0 ? UnsafeByteOperations.UnsafeWrap(new byte[request.ReplyBytes]) : request.Payload,
        Count = count,
        Deadline = context.Deadline != DateTime.MaxValue,
    };

    private async Task Act(EchoRequest request, ServerCallContext context)
    {
        if (request.Mirror)
        {
            await Mirror(context);
        }

        if (request.Status != 0)
        {
            throw new RpcException(new Status((StatusCode)request.Status, request.Text));
        }

        if (request.Fault)
        {
            throw new FormatException("secret");
        }

        if (request.Wait)
        {
            await WaitForTheEnd(context);
        }
    }

    private async Task WaitForTheEnd(ServerCallContext context)
    {
        if (DeafUntil is { } deaf)
        {
            await deaf.Task;
            return;
        }

        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            _cancelled.Writer.TryWrite(context.Method);
            throw;
        }
    }
}
