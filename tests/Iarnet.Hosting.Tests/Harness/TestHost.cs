namespace Iarnet.Hosting.Tests.Harness;

/// <summary>A node in folders of its own, which must have left nothing when it has ended.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly bool _ownsFolders;
    private bool _disposed;

    private TestHost(IarnetHost host, NodeFolders folders, bool ownsFolders)
    {
        Host = host;
        Folders = folders;
        _ownsFolders = ownsFolders;
    }

    public IarnetHost Host { get; }

    public IarnetNode Node => Host.Node;

    public NodeFolders Folders { get; }

    /// <summary>The folder with the node's sockets.</summary>
    public string RunFolder => Path.Combine(Folders.Run, Node.Id.Value);

    /// <summary>Starts a node with worker processes.</summary>
    public static async Task<TestHost> StartAsync(Action<IIarnetBuilder, NodeFolders>? configure = null, Action<IarnetNodeOptions>? options = null, NodeFolders? folders = null)
    {
        var own = folders ?? new NodeFolders();
        try
        {
            var host = await IarnetHost.StartAsync(node =>
            {
                node.AddProcessProvider();
                node.Configure(own.Apply);
                node.Configure(o => o.DefaultReplicas = 2);
                node.Configure(options ?? (static _ => { }));
                configure?.Invoke(node, own);
            }).Within("the start of a node");
            return new TestHost(host, own, folders is null);
        }
        catch
        {
            if (folders is null)
            {
                own.Dispose();
            }

            throw;
        }
    }

    public DagSession OpenSession() => Host.OpenSession("test");

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await Host.DisposeAsync().Within("the end of a node");
        if (_ownsFolders)
        {
            Folders.AssertEmpty();
            Folders.Dispose();
        }
    }
}
