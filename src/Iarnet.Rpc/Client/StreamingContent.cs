using System.Net;

namespace Iarnet.Rpc;

/// <summary>The body of a request that is written while it is sent.</summary>
internal sealed class StreamingContent : CallContent
{
    private const int Idle = 0;
    private const int Writing = 1;
    private const int Over = 2;

    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    /// <summary>Where to write, once the connection takes it; cancelled when the call is over before.</summary>
    public Task<Stream> Opened => _opened.Task;

    /// <summary>Takes the right to write; false when the call is over.</summary>
    /// <exception cref="InvalidOperationException">A write is under way.</exception>
    public bool TryBeginWrite() => Interlocked.CompareExchange(ref _state, Writing, Idle) switch
    {
        Idle => true,
        Writing => throw new InvalidOperationException("A write is under way: one WriteAsync at a time."),
        _ => false,
    };

    public void EndWrite() => Interlocked.CompareExchange(ref _state, Idle, Writing);

    /// <summary>Says that the body is complete.</summary>
    /// <exception cref="InvalidOperationException">A write is under way.</exception>
    public void Close()
    {
        // The message would be cut off, and its write be left without the stream.
        if (Volatile.Read(ref _state) == Writing)
        {
            throw new InvalidOperationException("A write is under way: the requests can be completed when it is done.");
        }

        _closed.TrySetResult();
    }

    /// <summary>
    /// The framework forgets a stream whose body has ended and whose response is complete, also while a write to it is under way:
    /// when that write asks for more of the window afterwards, no answer ever comes. So a body with a write does not end by itself, it is cancelled.
    /// </summary>
    public override bool Abandon(bool asEnd)
    {
        _opened.TrySetCanceled();
        if (Interlocked.Exchange(ref _state, Over) == Writing)
        {
            return true;
        }

        if (asEnd)
        {
            _closed.TrySetResult();
        }
        else
        {
            _closed.TrySetCanceled();
        }

        return false;
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
