using System.Threading.Channels;

namespace Iarnet.Providers;

/// <summary>Hands events to watchers. The owner calls it under its own lock, so that a snapshot and the events after it join without a gap.</summary>
internal sealed class EventHub
{
    // A watcher that is this far behind has stopped reading; holding more for it would only hide that.
    private const int WatcherLimit = 65_536;
    private readonly Lock _lock = new();
    private readonly HashSet<Channel<ComponentEvent>> _watchers = [];
    private bool _closed;

    public IAsyncEnumerable<ComponentEvent> Watch(ComponentsListed first, CancellationToken cancellationToken)
    {
        var watcher = Channel.CreateBounded<ComponentEvent>(WatcherLimit);
        watcher.Writer.TryWrite(first);
        lock (_lock)
        {
            if (_closed)
            {
                watcher.Writer.TryComplete();
            }
            else
            {
                _watchers.Add(watcher);
            }
        }

        return Read(watcher, cancellationToken);
    }

    public void Publish(ComponentEvent happened)
    {
        lock (_lock)
        {
            foreach (var watcher in _watchers)
            {
                if (!watcher.Writer.TryWrite(happened))
                {
                    watcher.Writer.TryComplete(new IarnetException(
                        $"A watcher of component events fell {WatcherLimit} events behind and was cut off. Watch again: the first event lists what runs."));
                    _watchers.Remove(watcher);
                }
            }
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryComplete();
            }

            _watchers.Clear();
        }
    }

    private async IAsyncEnumerable<ComponentEvent> Read(
        Channel<ComponentEvent> watcher,
        CancellationToken callToken,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(callToken, cancellationToken);
        try
        {
            while (await watcher.Reader.WaitToReadAsync(either.Token).ConfigureAwait(false))
            {
                while (watcher.Reader.TryRead(out var happened))
                {
                    yield return happened;
                }
            }
        }
        finally
        {
            lock (_lock)
            {
                _watchers.Remove(watcher);
            }
        }
    }
}
