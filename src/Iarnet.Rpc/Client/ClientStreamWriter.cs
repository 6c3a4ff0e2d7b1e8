namespace Iarnet.Rpc;

/// <summary>The requests of a streaming call.</summary>
internal sealed class ClientStreamWriter<TRequest, TResponse>(ClientCall<TRequest, TResponse> call) : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    private PipeMessageWriter? _writer;
    private bool _completed;

    /// <summary>The body of the request, into which this writes.</summary>
    public StreamingContent Content { get; } = new();

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken = default)
    {
        if (_completed)
        {
            throw new InvalidOperationException("The requests were completed: none can follow.");
        }

        try
        {
            var pipe = await Content.OpenedAsync(call.Token).ConfigureAwait(false);
            _writer ??= new PipeMessageWriter(pipe, call.ChannelOptions.MaxSendMessageSize);
            _writer.Write(call.RequestMarshaller, message);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.Token);
            await pipe.FlushAsync(linked.Token).ConfigureAwait(false);
        }
        catch (RpcException)
        {
            throw;
        }
        catch (Exception e)
        {
            throw call.Ended(call.Explain(e));
        }
    }

    public async Task CompleteAsync()
    {
        _completed = true;
        try
        {
            await Content.OpenedAsync(call.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The call is over already; there is nothing to complete.
        }

        Content.Close();
    }
}
