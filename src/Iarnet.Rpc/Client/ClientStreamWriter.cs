namespace Iarnet.Rpc;

/// <summary>The requests of a streaming call.</summary>
internal sealed class ClientStreamWriter<TRequest, TResponse>(ClientCall<TRequest, TResponse> call, StreamingContent content) : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    private readonly MessageBuffer _buffer = new(call.Channel.Options.MaxSendMessageSize);
    private bool _isCompleted;

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (_isCompleted)
        {
            throw new InvalidOperationException("The requests were completed: none can follow.");
        }

        if (!content.TryBeginWrite())
        {
            throw await call.WriteFailedAsync(new IOException("The call is over: nothing more can be sent.")).ConfigureAwait(false);
        }

        try
        {
            _buffer.Fill(call.Method.RequestMarshaller, message);
            await SendAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            content.EndWrite();
        }
    }

    public Task CompleteAsync()
    {
        content.Close();
        _isCompleted = true;
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
                await FlushAsync(stream).ConfigureAwait(false);
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

    private async Task FlushAsync(Stream stream)
    {
        try
        {
            await stream.FlushAsync(call.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!call.IsBroken)
        {
            // The connection has the whole message, and perhaps this very message is what the server ended the call for: the write did not fail.
        }
    }
}
