namespace Iarnet.Rpc;

/// <summary>The requests of a streaming call.</summary>
internal sealed class ClientStreamWriter<TRequest, TResponse>(ClientCall<TRequest, TResponse> call, StreamingContent content) : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    private readonly MessageBuffer _buffer = new(call.Channel.Options.MaxSendMessageSize);
    private int _isWriting;
    private bool _isCompleted;

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (_isCompleted)
        {
            throw new InvalidOperationException("The requests were completed: none can follow.");
        }

        if (Interlocked.Exchange(ref _isWriting, 1) == 1)
        {
            throw new InvalidOperationException("A write is under way: one WriteAsync at a time.");
        }

        try
        {
            _buffer.Fill(call.Method.RequestMarshaller, message);
            await SendAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _isWriting, 0);
        }
    }

    public Task CompleteAsync()
    {
        _isCompleted = true;
        content.Close();
        return Task.CompletedTask;
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        try
        {
            using (call.CancelBy(cancellationToken))
            {
                var stream = content.Opened.IsCompletedSuccessfully ? content.Opened.Result : await content.Opened.ConfigureAwait(false);
                await _buffer.WriteToAsync(stream, call.Token).ConfigureAwait(false);
                await stream.FlushAsync(call.Token).ConfigureAwait(false);
            }

            // Streams may live long and be silent: the array is not kept between messages.
            _buffer.Release();
        }
        catch (Exception e)
        {
            // The array is left to the collector: a cancelled write may still read from it.
            _buffer.Forget();
            throw await call.WriteFailedAsync(e).ConfigureAwait(false);
        }
    }
}
