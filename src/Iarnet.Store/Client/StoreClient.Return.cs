using System.Threading.Channels;
using Iarnet.Objects;
using Iarnet.Rpc;
using Iarnet.Store.Client;
using Iarnet.Store.Service;
using Iarnet.Store.Wire;

namespace Iarnet.Store;

/// <remarks>Leases and references go back in batches and behind the caller's back: giving up must neither wait nor fail.</remarks>
public sealed partial class StoreClient
{
    private const int BatchSize = 1024;
    private const int Attempts = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    // As many as there are leases and references out: each is one small struct.
    private readonly Channel<Returned> _returns = Channel.CreateUnbounded<Returned>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _returning;

    /// <inheritdoc/>
    public void Release(in ObjectRef reference)
    {
        if (reference.Source == _source)
        {
            Return(new Returned(0, reference.Id, IsLease: false));
        }
    }

    // False after the end: the store takes the rest back with the owner.
    private void Return(in Returned item) => _returns.Writer.TryWrite(item);

    private async Task ReturnLoopAsync()
    {
        var reader = _returns.Reader;
        while (await reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var leases = new UnleaseRequest { Owner = _options.Owner };
            var references = new ReleaseRequest { Owner = _options.Owner };
            while (leases.Leases.Count + references.Ids.Count < BatchSize && reader.TryRead(out var item))
            {
                if (!item.IsLease)
                {
                    references.Ids.Add(item.Id.ToWire());
                }
                else if (item.Lease != 0)
                {
                    leases.Leases.Add(item.Lease);
                }
            }

            if (leases.Leases.Count > 0)
            {
                await SendAsync(leases.Leases.Count, Attempts, () => _rpc.UnleaseAsync(leases, Options(_stopping.Token)).ResponseAsync).ConfigureAwait(false);
            }

            if (references.Ids.Count > 0)
            {
                // Sent once: an answer that was lost may stand for a release that happened, and a second one could take a reference that is in use.
                await SendAsync(references.Ids.Count, 1, () => _rpc.ReleaseAsync(references, Options(_stopping.Token)).ResponseAsync).ConfigureAwait(false);
            }
        }
    }

    private async Task SendAsync(int count, int attempts, Func<Task> send)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await send().ConfigureAwait(false);
                return;
            }
            catch (Exception error)
            {
                if (error is not RpcException { StatusCode: StatusCode.Unavailable } || attempt >= attempts || _stopping.IsCancellationRequested)
                {
                    _log.NotGivenBack(error, count);
                    return;
                }
            }

            try
            {
                await Task.Delay(FirstPause * Math.Pow(2, attempt - 1), _time, _stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
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
