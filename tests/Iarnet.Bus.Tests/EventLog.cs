using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Iarnet.Bus.Tests;

/// <summary>Collects events and lets a test wait for one of a kind.</summary>
internal sealed class EventLog<T>
    where T : class
{
    private readonly Channel<T> _waiting = Channel.CreateUnbounded<T>();

    public ConcurrentQueue<T> All { get; } = new();

    public void Add(T happened)
    {
        All.Enqueue(happened);
        _waiting.Writer.TryWrite(happened);
    }

    /// <summary>The next event of the kind; those before it are passed over.</summary>
    public async Task<TKind> Until<TKind>()
        where TKind : T
    {
        while (true)
        {
            if (await _waiting.Reader.ReadAsync() is TKind wanted)
            {
                return wanted;
            }
        }
    }
}
