using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Iarnet.Scheduling;

/// <summary>Hands out the newest view. A slow reader misses versions in between, never the last one.</summary>
internal sealed class ViewHub
{
    private readonly Lock _lock = new();
    private readonly HashSet<Channel<DomainView>> _readers = [];
    private DomainView _current = DomainView.Empty;
    private bool _closed;

    public DomainView Current => Volatile.Read(ref _current);

    public void Publish(DomainView view)
    {
        lock (_lock)
        {
            Volatile.Write(ref _current, view);
            foreach (var reader in _readers)
            {
                reader.Writer.TryWrite(view);
            }
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            foreach (var reader in _readers)
            {
                reader.Writer.TryComplete();
            }
        }
    }

    public async IAsyncEnumerable<DomainView> Read([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = Channel.CreateBounded<DomainView>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lock)
        {
            reader.Writer.TryWrite(_current);
            _readers.Add(reader);
            if (_closed)
            {
                reader.Writer.TryComplete();
            }
        }

        try
        {
            while (await reader.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (reader.Reader.TryRead(out var view))
                {
                    yield return view;
                }
            }
        }
        finally
        {
            lock (_lock)
            {
                _readers.Remove(reader);
            }
        }
    }
}
