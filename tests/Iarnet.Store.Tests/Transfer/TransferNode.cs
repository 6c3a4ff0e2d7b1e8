using Iarnet.Objects;

namespace Iarnet.Store.Tests.Transfer;

/// <summary>A node as far as transfers go: objects, a fetcher and a server.</summary>
internal sealed class TransferNode : IAsyncDisposable
{
    private TransferNode(MemoryObjects objects, ObjectFetcher fetcher, TransferServer server)
    {
        Objects = objects;
        Fetcher = fetcher;
        Server = server;
    }

    public MemoryObjects Objects { get; }

    public ObjectFetcher Fetcher { get; }

    public TransferServer Server { get; }

    public string Endpoint => Server.Endpoints[0];

    public static async Task<TransferNode> StartAsync(
        string name, StoreDirectory directory, Action<TransferServerOptions>? configureServer = null, Action<ObjectFetcherOptions>? configureFetcher = null, bool relays = true)
    {
        var objects = new MemoryObjects();
        var fetcherOptions = new ObjectFetcherOptions();
        configureFetcher?.Invoke(fetcherOptions);
        var serverOptions = new TransferServerOptions();
        configureServer?.Invoke(serverOptions);
        var fetcher = new ObjectFetcher(directory, objects, fetcherOptions);
        var server = await TransferServer.StartAsync(objects, relays ? fetcher : null, serverOptions).Within();
        directory.Set(name, [.. server.Endpoints]);
        return new TransferNode(objects, fetcher, server);
    }

    public Task FetchAsync(ObjectRef reference, CancellationToken cancellationToken = default) => Fetcher.FetchAsync(reference, cancellationToken).Within();

    public async ValueTask DisposeAsync()
    {
        await Fetcher.DisposeAsync().Within();
        await Server.DisposeAsync().Within();
    }
}
