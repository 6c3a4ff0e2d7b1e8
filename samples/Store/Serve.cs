using Iarnet.Rpc;
using Iarnet.Store;

namespace StoreSample;

/// <summary>A store that other programs put objects in and get objects from: in shared memory on this host, by gRPC with any client.</summary>
internal static class Serve
{
    public static async Task RunAsync(Options options, CancellationToken stop)
    {
        var own = options.Socket is null ? Directory.CreateTempSubdirectory("iarnet-store-").FullName : null;
        try
        {
            await using var store = await ObjectStore.OpenAsync(
                new ObjectStoreOptions
                {
                    SegmentFolder = OperatingSystem.IsLinux() ? options.Folder ?? $"/dev/shm/iarnet-store-{Environment.ProcessId}" : null,
                    MemoryLimit = options.MemoryLimit,
                },
                cancellationToken: stop);
            await using var server = new RpcServer().AddService(new StoreService(store).Bind()).Listen($"unix://{options.Socket ?? Path.Combine(own!, "store")}");
            await server.StartAsync(stop);

            Console.WriteLine($"store {store.Source} listens on {server.Addresses[0]}");
            Console.WriteLine(store.SegmentFolder is { } folder ? $"processes of this host share its memory in {folder}" : "no memory is shared: that is built on Linux only");
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, stop);
            }
            catch (OperationCanceledException)
            {
                Console.WriteLine($"the store ends with {store.Statistics.Objects} objects");
            }
        }
        finally
        {
            if (own is not null)
            {
                Directory.Delete(own, recursive: true);
            }
        }
    }
}
