using Iarnet.Scheduling;
using Iarnet.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Iarnet;

/// <summary>
/// A node without a host: for a console program, a test, a script. It reads environment variables that begin with <c>Iarnet__</c>
/// and logs only where it is told to. Thread-safe.
/// </summary>
public sealed class IarnetHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private IarnetHost(ServiceProvider services)
    {
        _services = services;
        Node = services.GetRequiredService<IarnetNode>();
    }

    /// <summary>The node.</summary>
    public IarnetNode Node { get; }

    /// <summary>Runs DAGs.</summary>
    public DagEngine Engine => Node.Engine;

    /// <summary>Holds what is too large for a message.</summary>
    public ObjectStore Store => Node.Store;

    /// <summary>Places components on the node's providers.</summary>
    public DomainResourceManager Domain => Node.Domain;

    /// <summary>
    /// Starts a node. With nothing added, functions run on the thread pool of this process: no server, no process, no file.
    /// </summary>
    /// <param name="configure">Adds providers, functions and options: <c>node => node.AddProcessProvider()</c>.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="IarnetException">Something that the node needs is missing: the worker, a Python module.</exception>
    public static async ValueTask<IarnetHost> StartAsync(Action<IIarnetBuilder>? configure = null, CancellationToken cancellationToken = default)
    {
        var services = new ServiceCollection();
        var builder = services.AddIarnet(new ConfigurationBuilder().AddEnvironmentVariables().Build());
        configure?.Invoke(builder);
        var provider = services.BuildServiceProvider();
        try
        {
            var host = new IarnetHost(provider);
            await host.Node.StartAsync(cancellationToken).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await provider.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens a session: one run of an application, with a DAG of its own.</summary>
    /// <param name="name">A name for people.</param>
    /// <param name="configure">Sets its options.</param>
    public DagSession OpenSession(string name, Action<SessionOptions>? configure = null) => Engine.OpenSession(name, configure);

    /// <inheritdoc cref="IarnetNode.Function{T1,TR}(string)"/>
    public FunctionRef<T1, TR> Function<T1, TR>(string name) => Node.Function<T1, TR>(name);

    /// <inheritdoc cref="IarnetNode.Function{T1,T2,TR}(string)"/>
    public FunctionRef<T1, T2, TR> Function<T1, T2, TR>(string name) => Node.Function<T1, T2, TR>(name);

    /// <inheritdoc cref="IarnetNode.DisposeAsync"/>
    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync().ConfigureAwait(false);
        await _services.DisposeAsync().ConfigureAwait(false);
    }
}
