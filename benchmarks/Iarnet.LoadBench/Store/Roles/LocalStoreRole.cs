using Iarnet.Objects;
using Iarnet.Store;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>A store in the process that uses it.</summary>
/// <param name="segments">Where its folders in shared memory are made; "-" for a store without.</param>
internal sealed class LocalStoreRole(string segments) : IRole
{
    private const int Few = 1_000;
    private ObjectStore? _store;
    private ObjectRef[] _objects = [];
    private ObjectRef[] _order = [];
    private int _stores;

    private ObjectStore Store => _store ?? throw new InvalidOperationException("not started");

    public async Task<string> StartAsync()
    {
        _store = await OpenAsync();
        return _store.Source;
    }

    public Task<double> DoAsync(string verb, Words words) => verb switch
    {
        "put" => Task.FromResult(Put(words.Number(), words.Number(), words.Number())),
        "get" => Task.FromResult(Get(words.Number(), words.Number(), words.Number())),
        "grown" => BytesAsync(words.Number(), words.Number(), _ => ProcessMemory.Resident()),
        "bytes" => BytesAsync(words.Number(), words.Number(), store => store.Statistics.CommittedBytes + store.Statistics.IndexBytes),
        _ => throw new ArgumentException($"'{verb}' is no command"),
    };

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    // As DictionaryRole does it.
    private double Put(int size, int count, int passes)
    {
        var source = new byte[size];
        var lap = new Lap();
        for (var pass = 0; pass < passes; pass++)
        {
            Store.Delete(_objects);
            _objects = _objects.Length == count ? _objects : new ObjectRef[count];
            lap.Start();
            foreach (ref var made in _objects.AsSpan())
            {
                if (!Store.TryPut(source, "raw", out made))
                {
                    throw new InvalidOperationException("there was no room");
                }
            }

            lap.Stop();
        }

        _order = Keys.Shuffled(_objects);
        return (double)count * passes / lap.Seconds;
    }

    private double Get(int size, int count, int passes)
    {
        if (_objects.Length != count)
        {
            Put(size, count, 1);
        }

        var lap = new Lap();
        var sum = 0;
        lap.Start();
        for (var pass = 0; pass < passes; pass++)
        {
            foreach (ref readonly var reference in _order.AsSpan())
            {
                if (!Store.TryGet(reference, out var view))
                {
                    throw new InvalidOperationException("an object is missing");
                }

                sum += view.Span[0];
                view.Dispose();
            }
        }

        lap.Stop();
        GC.KeepAlive(sum);
        return (double)count * passes / lap.Seconds;
    }

    // What a new store takes for an object, less the bytes of the object. References are the caller's: they are there before.
    private async Task<double> BytesAsync(int size, int count, Func<ObjectStore, long> measure)
    {
        var references = Array.ConvertAll(Keys.Ids(count), id => new ObjectRef(id, ""));
        var bytes = Buffers.Touched(size);
        await using (var other = await OpenAsync())
        {
            // What the code itself takes is not part of it.
            Fill(other, bytes, references.AsSpan(0, Few));
        }

        await using var store = await OpenAsync();
        var before = measure(store);
        Fill(store, bytes, references);
        return ((double)(measure(store) - before) / count) - size;
    }

    private static void Fill(ObjectStore store, ReadOnlySpan<byte> bytes, Span<ObjectRef> references)
    {
        foreach (ref var reference in references)
        {
            if (!store.TryPut(bytes, "raw", out reference))
            {
                throw new InvalidOperationException("there was no room");
            }
        }
    }

    private ValueTask<ObjectStore> OpenAsync() => ObjectStore.OpenAsync(new ObjectStoreOptions
    {
        SegmentFolder = segments == "-" ? null : Path.Combine(segments, $"{++_stores}"),
        MemoryLimit = 2L << 30,
    });
}
