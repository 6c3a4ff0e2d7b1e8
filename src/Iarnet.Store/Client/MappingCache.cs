using Iarnet.Store.Memory;

namespace Iarnet.Store.Client;

/// <summary>
/// Keeps segments mapped, because mapping one costs several times what handing over an object does. Names of segments are never used twice, so a
/// kept mapping is never wrong; but one whose file is gone keeps its memory from the system, so those are looked for now and then. Thread-safe.
/// </summary>
internal sealed class MappingCache : IDisposable
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string, bool), Mapping> _mappings = [];

    // The longest unused first.
    private readonly LinkedList<Mapping> _idle = new();
    private readonly long _idleLimit;
    private readonly ITimer _sweeper;
    private long _idleBytes;
    private bool _closed;

    public MappingCache(long idleLimit, TimeProvider time)
    {
        _idleLimit = idleLimit;
        _sweeper = time.CreateTimer(static cache => ((MappingCache)cache!).Sweep(), this, SweepPeriod, SweepPeriod);
    }

    /// <summary>How many segments are mapped.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _mappings.Count;
            }
        }
    }

    /// <summary>A mapping with at least this many bytes; given back with <see cref="Return"/>.</summary>
    /// <exception cref="IOException">The file is gone, shorter, or cannot be mapped.</exception>
    public Mapping Take(string path, long needed, bool writable)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (!_mappings.TryGetValue((path, writable), out var mapping))
            {
                try
                {
                    mapping = new Mapping(path, writable, MappedView.Open(path, needed, writable));
                }
                catch (UnauthorizedAccessException error)
                {
                    throw new IOException(error.Message, error);
                }

                _mappings.Add(mapping.Key, mapping);
            }
            else if (mapping.Length < needed)
            {
                throw new IOException($"The segment '{path}' has {mapping.Length} bytes where {needed} were expected.");
            }
            else if (mapping.Uses == 0)
            {
                _idle.Remove(mapping);
                _idleBytes -= mapping.Length;
            }

            mapping.Uses++;
            return mapping;
        }
    }

    public void Return(Mapping mapping)
    {
        lock (_lock)
        {
            if (--mapping.Uses > 0)
            {
                return;
            }

            _idle.AddLast(mapping);
            _idleBytes += mapping.Length;
            while (_idle.First is { } oldest && (_closed || _idleBytes > _idleLimit))
            {
                Close(oldest);
            }
        }
    }

    /// <summary>Unmaps what is idle; what is in use goes when it comes back.</summary>
    public void Dispose()
    {
        _sweeper.Dispose();
        lock (_lock)
        {
            _closed = true;
            while (_idle.First is { } oldest)
            {
                Close(oldest);
            }
        }
    }

    internal void Sweep()
    {
        lock (_lock)
        {
            for (var node = _idle.First; node is not null;)
            {
                var next = node.Next;
                if (!File.Exists(node.Value.Key.Path))
                {
                    Close(node);
                }

                node = next;
            }
        }
    }

    private void Close(LinkedListNode<Mapping> node)
    {
        _idle.Remove(node);
        _idleBytes -= node.Value.Length;
        _mappings.Remove(node.Value.Key);
        node.Value.Close();
    }
}
