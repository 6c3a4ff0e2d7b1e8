using System.Diagnostics;
using Iarnet.Objects;
using Iarnet.Store;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>A store that fetches from others and serves what it has, as the store of another host would.</summary>
/// <param name="endpoint">Where the source's transfer server listens; "-" for a node that is the source.</param>
/// <param name="source">The source's name; "-" likewise.</param>
internal sealed class NodeRole(string endpoint, string source) : IRole
{
    private ObjectStore? _store;
    private TransferServer? _server;
    private ObjectRef[] _objects = [];

    private ObjectStore Store => _store ?? throw new InvalidOperationException("not started");

    public async Task<string> StartAsync()
    {
        var directory = new StoreDirectory();
        if (endpoint != "-")
        {
            directory.Set(source, endpoint);
        }

        // Memory is used again, as the peer uses its own: what was released stays.
        _store = await ObjectStore.OpenAsync(new ObjectStoreOptions { Directory = directory, MemoryLimit = 3L << 30, IdleBytes = 3L << 30 });
        _server = await _store.ServeAsync();
        return $"{_server.Endpoints[0]} {_store.Source}";
    }

    public async Task<double> DoAsync(string verb, Words words) => verb switch
    {
        "fill" => await FillAsync(words.Number(), words.Number(), words.Number()),
        "fetch" => await FetchAsync(words.Number(), words.Number()),
        "receive" => await ReceiveAsync(words.Number()),
        _ => throw new ArgumentException($"'{verb}' is no command"),
    };

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    // In place of what was there: objects that nobody fetched yet.
    private async Task<double> FillAsync(int series, int size, int count)
    {
        Store.Delete(_objects);
        var bytes = Buffers.Touched(size);
        _objects = References(Store.Source, series, count);
        foreach (var reference in _objects)
        {
            await Store.PutAsync(bytes, "raw", "bench", reference.Id);
        }

        return count;
    }

    // Gigabytes a second, one after the other.
    private async Task<double> FetchAsync(int series, int count)
    {
        var bytes = 0L;
        var lap = new Lap();
        foreach (var reference in References(source, series, count))
        {
            lap.Start();
            using (var lease = await Store.GetAsync(reference))
            {
                lap.Stop();
                bytes += lease.Span.Length;
            }

            Store.Delete(reference);
        }

        return bytes / lap.Seconds / 1e9;
    }

    // The time when it is there, by the clock of the machine.
    private async Task<double> ReceiveAsync(int series)
    {
        Store.Delete(_objects);
        _objects = References(source, series, 1);
        (await Store.GetAsync(_objects[0])).Dispose();
        return Stopwatch.GetElapsedTime(0, Stopwatch.GetTimestamp()).TotalSeconds;
    }

    private static ObjectRef[] References(string source, int series, int count) => Array.ConvertAll(Keys.Ids(count, series), id => new ObjectRef(id, source));
}
