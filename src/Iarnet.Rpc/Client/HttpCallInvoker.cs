namespace Iarnet.Rpc;

/// <summary>Makes calls on a channel.</summary>
internal sealed class HttpCallInvoker(RpcChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        using var call = AsyncUnaryCall(method, host, options, request);
        return call.GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = Begin(method, host, options, request);
        return new AsyncUnaryCall<TResponse>(call.RunToOneResponseAsync(), call);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = Begin(method, host, options, request);
        return new AsyncServerStreamingCall<TResponse>(new ClientStreamReader<TRequest, TResponse>(call, Observed(call.SendAsync())), call);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var (call, requests) = Begin(method, host, options);
        return new AsyncClientStreamingCall<TRequest, TResponse>(requests, call.RunToOneResponseAsync(), call);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var (call, requests) = Begin(method, host, options);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(requests, new ClientStreamReader<TRequest, TResponse>(call, Observed(call.SendAsync())), call);
    }

    private ClientCall<TRequest, TResponse> Begin<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        where TRequest : class
        where TResponse : class
    {
        ArgumentNullException.ThrowIfNull(request);
        var message = new MessageBuffer(channel.Options.MaxSendMessageSize);
        message.Fill(method.RequestMarshaller, request);
        return new ClientCall<TRequest, TResponse>(channel, method, host, options, new SingleMessageContent(message));
    }

    private (ClientCall<TRequest, TResponse> Call, ClientStreamWriter<TRequest, TResponse> Requests) Begin<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
        where TRequest : class
        where TResponse : class
    {
        var content = new StreamingContent();
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options, content);
        return (call, new ClientStreamWriter<TRequest, TResponse>(call, content));
    }

    /// <summary>A failed send that no reader ever asks about must not raise an unobserved exception.</summary>
    private static Task Observed(Task task)
    {
        _ = task.ContinueWith(
            static failed => _ = failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return task;
    }
}
