using System.Net;

namespace Iarnet.Rpc;

/// <summary>The body of a request that has one message, encoded before the request is made.</summary>
internal sealed class SingleMessageContent(MessageBuffer message) : CallContent
{
    private const int Idle = 0;
    private const int Sending = 1;
    private const int Over = 2;

    private int _state;

    /// <summary>
    /// The array goes back only when no send is under way: a send that was cancelled may still read from it, and then it is left to the collector.
    /// The framework may send twice (a refused stream), so the end of a send is not the end of the content.
    /// </summary>
    public override bool Abandon(bool asEnd)
    {
        var state = Interlocked.CompareExchange(ref _state, Over, Idle);
        if (state == Idle)
        {
            message.Release();
        }

        return state == Sending;
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _state, Sending, Idle) != Idle)
        {
            throw new IOException("The call is over: its request is not sent any more.");
        }

        await message.WriteToAsync(stream, cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _state, Idle);
    }
}
