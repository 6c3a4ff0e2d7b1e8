using System.Threading.Channels;
using Iarnet.Objects;
using Iarnet.Store.Client;
using Iarnet.Store.Service;
using Iarnet.Store.Wire;

namespace Iarnet.Store;

/// <remarks>References go back in batches and behind the caller's back: giving up must neither wait nor fail.</remarks>
public sealed partial class StoreClient
{
    private const int BatchSize = 1024;

    // As many as there are references out: each is one small struct.
    private readonly Channel<ObjectId> _returns = Channel.CreateUnbounded<ObjectId>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _returning;

    /// <inheritdoc/>
    public void Release(in ObjectRef reference)
    {
        if (reference.Source != _source)
        {
            return;
        }

        if (Link is { } link)
        {
            link.Release(reference.Id);
        }
        else
        {
            // Not taken after the end: the store takes the rest back with the owner.
            _returns.Writer.TryWrite(reference.Id);
        }
    }

    private async Task ReturnLoopAsync()
    {
        var reader = _returns.Reader;
        while (await reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var references = new ReleaseRequest { Owner = _options.Owner };
            while (references.Ids.Count < BatchSize && reader.TryRead(out var id))
            {
                references.Ids.Add(id.ToWire());
            }

            try
            {
                // Sent once: an answer that was lost may stand for a release that happened, and a second one could take a reference that is in use.
                await _rpc.ReleaseAsync(references, Options(_stopping.Token)).ResponseAsync.ConfigureAwait(false);
            }
            catch (Exception error)
            {
                _log.NotGivenBack(error, references.Ids.Count);
            }
        }
    }

    private async Task StopReturningAsync()
    {
        _returns.Writer.TryComplete();
        try
        {
            await _returning.WaitAsync(_options.CallTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            await _returning.ConfigureAwait(false);
        }

        _stopping.Dispose();
    }
}
