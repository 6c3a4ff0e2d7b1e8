using Iarnet.Rpc;
using Iarnet.Store;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>A store that serves other processes.</summary>
/// <param name="address">Where it listens.</param>
/// <param name="segments">Its folder in shared memory; "-" for none.</param>
internal sealed class StoreHostRole(string address, string segments) : IRole
{
    private const string Owner = "bench";
    private ObjectStore? _store;
    private RpcServer? _server;

    public async Task<string> StartAsync()
    {
        _store = await ObjectStore.OpenAsync(new ObjectStoreOptions { SegmentFolder = segments == "-" ? null : segments, MemoryLimit = 4L << 30, IdleBytes = 4L << 30 });
        _server = new RpcServer().AddService(new StoreService(_store).Bind()).Listen(address);
        await _server.StartAsync();
        return $"{_server.Addresses[0]} {_store.Source}";
    }

    public async Task<double> DoAsync(string verb, Words words)
    {
        switch (verb)
        {
            case "fill":
                var (series, size, count) = (words.Number(), words.Number(), words.Number());
                var bytes = Buffers.Touched(size);
                foreach (var id in Keys.Ids(count, series))
                {
                    await _store!.PutAsync(bytes, "raw", Owner, id);
                }

                return count;
            default:
                throw new ArgumentException($"'{verb}' is no command");
        }
    }

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
}
