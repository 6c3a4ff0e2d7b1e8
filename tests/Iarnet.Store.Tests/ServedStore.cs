using Iarnet.Rpc;

namespace Iarnet.Store.Tests;

/// <summary>A store behind a real server on a Unix socket.</summary>
internal sealed class ServedStore : IAsyncDisposable
{
    private readonly string _runFolder = Directory.CreateTempSubdirectory("iarnet-store-tests-").FullName;
    private readonly TemporaryFolder _segments;

    private ServedStore(TemporaryFolder segments) => _segments = segments;

    public ObjectStore Store { get; private set; } = null!;

    public RpcServer Server { get; private set; } = null!;

    public string Address => "unix://" + Path.Combine(_runFolder, "store");

    public string RunFolder => _runFolder;

    public TemporaryFolder Segments => _segments;

    public static async Task<ServedStore> StartAsync(bool shared = true, Action<ObjectStoreOptions>? configure = null, Action<StoreServiceOptions>? configureService = null)
    {
        var served = new ServedStore(new TemporaryFolder());
        var options = new ObjectStoreOptions { SegmentFolder = shared ? served._segments.Path : null };
        configure?.Invoke(options);
        served.Store = await ObjectStore.OpenAsync(options).Within();
        var serviceOptions = new StoreServiceOptions();
        configureService?.Invoke(serviceOptions);
        served.Server = new RpcServer().AddService(new StoreService(served.Store, serviceOptions).Bind()).Listen(served.Address);
        await served.Server.StartAsync().Within();
        return served;
    }

    public Task<StoreClient> ConnectAsync(string owner = "client", Action<StoreClientOptions>? configure = null)
    {
        var options = new StoreClientOptions { Owner = owner };
        configure?.Invoke(options);
        return StoreClient.ConnectAsync(Address, options).Within();
    }

    /// <summary>Waits for what happens behind the back of a caller, such as batches of returned leases.</summary>
    public async Task Until(Func<StoreStatistics, bool> condition, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (var i = 0; i < 2000; i++)
        {
            if (condition(Store.Statistics))
            {
                return;
            }

            await timer.WaitForNextTickAsync();
        }

        Assert.Fail($"Waited for: {what}. It is: {Store.Statistics}");
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync().Within();
        await Store.DisposeAsync().Within();
        _segments.Dispose();
        Directory.Delete(_runFolder, recursive: true);
    }
}
