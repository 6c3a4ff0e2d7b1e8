using Iarnet.Bus.Io;

namespace Iarnet.Bus.Transport.Memory;

/// <summary>A network inside the process: names that are listened on, and connections that can be cut. Thread-safe.</summary>
internal class MemoryNetwork(Func<IoLoop> loops) : ITransport
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Listener> _listeners = new(StringComparer.Ordinal);
    private readonly List<WeakReference<MemoryLink>> _links = [];
    private int _sweepAt = 64;

    /// <summary>While it is set, connecting fails.</summary>
    public bool IsDown { get; set; }

    public ITransportListener Listen(BusEndpoint endpoint, IListenerOwner owner)
    {
        var name = endpoint.ToString();
        var listener = new Listener(this, name, owner);
        lock (_lock)
        {
            if (!_listeners.TryAdd(name, listener))
            {
                throw new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.AddressAlreadyInUse, $"A socket of this process listens on {name}: choose another name.");
            }
        }

        return listener;
    }

    public ValueTask<ITransportLink> ConnectAsync(BusEndpoint endpoint, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var name = endpoint.ToString();
        Listener? listener;
        lock (_lock)
        {
            listener = IsDown ? null : _listeners.GetValueOrDefault(name);
        }

        if (listener is null)
        {
            return ValueTask.FromException<ITransportLink>(new LinkBrokenException($"no socket listens on {name}"));
        }

        var (left, right) = MemoryLink.Pair(loops(), loops(), name);
        Remember(left);
        listener.Owner.Accepted(listener, right);
        return ValueTask.FromResult<ITransportLink>(left);
    }

    /// <summary>Cuts every connection that there is.</summary>
    public void CutAll()
    {
        List<MemoryLink> links = [];
        lock (_lock)
        {
            foreach (var weak in _links)
            {
                if (weak.TryGetTarget(out var link))
                {
                    links.Add(link);
                }
            }

            _links.Clear();
        }

        links.ForEach(static link => link.Cut());
    }

    private void Remember(MemoryLink link)
    {
        lock (_lock)
        {
            if (_links.Count >= _sweepAt)
            {
                _links.RemoveAll(static weak => !weak.TryGetTarget(out _));
                _sweepAt = Math.Max(64, _links.Count * 2);
            }

            _links.Add(new WeakReference<MemoryLink>(link));
        }
    }

    private sealed class Listener(MemoryNetwork network, string endpoint, IListenerOwner owner) : ITransportListener
    {
        public string Endpoint => endpoint;

        public IListenerOwner Owner => owner;

        public ValueTask DisposeAsync()
        {
            lock (network._lock)
            {
                network._listeners.Remove(endpoint);
            }

            return ValueTask.CompletedTask;
        }
    }
}
