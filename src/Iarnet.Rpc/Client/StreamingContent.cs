using System.Net;

namespace Iarnet.Rpc;

/// <summary>The body of a request that is written while it is sent.</summary>
internal sealed class StreamingContent : CallContent
{
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where to write, once the connection takes it; cancelled when the call is over before.</summary>
    public Task<Stream> Opened => _opened.Task;

    /// <summary>Says that the body is complete.</summary>
    public void Close() => _closed.TrySetResult();

    public override void Abandon(bool asEnd)
    {
        _opened.TrySetCanceled();
        if (asEnd)
        {
            _closed.TrySetResult();
        }
        else
        {
            _closed.TrySetCanceled();
        }
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // Sends the request headers now: the server's answer may come before the first message does.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);

        // A second send (after a refused stream) would lose what was written to the first one.
        if (!_opened.TrySetResult(stream))
        {
            throw new IOException("The requests of this call were begun on another connection and cannot be sent again.");
        }

        await _closed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
