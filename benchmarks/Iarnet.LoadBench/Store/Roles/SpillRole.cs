using Iarnet.Objects;
using Iarnet.Store;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>A store with room for fewer objects than it is given.</summary>
internal sealed class SpillRole(string folder) : IRole
{
    private const long Room = 512L << 20;
    private ObjectStore? _store;
    private ObjectRef[] _objects = [];

    private ObjectStore Store => _store ?? throw new InvalidOperationException("not started");

    public async Task<string> StartAsync()
    {
        _store = await ObjectStore.OpenAsync(new ObjectStoreOptions { MemoryLimit = Room, SpillFolder = folder, FullWait = TimeSpan.FromSeconds(60) });
        return folder;
    }

    public Task<double> DoAsync(string verb, Words words) => verb switch
    {
        "write" => SpillAsync(words.Number(), words.Number()),
        "read" => RestoreAsync(words.Number(), words.Number()),
        _ => throw new ArgumentException($"'{verb}' is no command"),
    };

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    // Memory is full; for each object that comes, one has to go. Until all that went is on the disk itself, as with the peer.
    private async Task<double> SpillAsync(int size, int count)
    {
        Store.Delete(_objects);
        _objects = [];
        var bytes = Buffers.Touched(size);
        var full = (int)(Room / size);
        var made = new ObjectRef[full + count];
        for (var i = 0; i < full; i++)
        {
            made[i] = await Store.PutAsync(bytes, "raw", "bench");
        }

        PageCache.Drop(folder);
        var lap = new Lap();
        lap.Start();
        for (var i = full; i < made.Length; i++)
        {
            made[i] = await Store.PutAsync(bytes, "raw", "bench");
        }

        PageCache.Flush(folder);
        lap.Stop();
        _objects = made;
        return (double)size * count / lap.Seconds / 1e9;
    }

    // Every object was brought back once and has its copy on disk: what makes way is not written again.
    private async Task<double> RestoreAsync(int size, int count)
    {
        if (_objects.Length == 0)
        {
            await SpillAsync(size, count);
        }

        await BringAsync();
        PageCache.Drop(folder);
        var (bytes, seconds) = await BringAsync();
        return bytes / seconds / 1e9;
    }

    private async Task<(long Bytes, double Seconds)> BringAsync()
    {
        var bytes = 0L;
        var lap = new Lap();
        foreach (var reference in _objects)
        {
            if (Store.TryGet(reference, out var view))
            {
                view.Dispose();
                continue;
            }

            lap.Start();
            using var lease = await Store.GetAsync(reference);
            lap.Stop();
            bytes += lease.Span.Length;
        }

        return (bytes, lap.Seconds);
    }
}
