using Iarnet.Components;
using Iarnet.Hosting.Functions;
using Iarnet.Hosting.Node;
using Iarnet.Providers;
using Iarnet.Scheduling;
using Iarnet.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet;

/// <summary>
/// A node: engine, store and domain of one process, put together. Made by <c>AddIarnet</c> or <see cref="IarnetHost"/>.
/// Calls may be made before it started; they run when it has. Thread-safe.
/// </summary>
public sealed partial class IarnetNode : IAsyncDisposable
{
    private static readonly TimeSpan LeastTime = TimeSpan.FromMilliseconds(250);
    private readonly IarnetNodeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FunctionTable _functions;
    private readonly ComponentPlane? _plane;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _life = new();
    private Task? _started;
    private Task? _ended;

    internal IarnetNode(
        IarnetNodeOptions options,
        ObjectStoreOptions store,
        IReadOnlyList<IProvider> providers,
        FunctionTable functions,
        TimeProvider time,
        SeededRandom random,
        ILoggerFactory? logs)
    {
        logs ??= NullLoggerFactory.Instance;
        _options = options;
        _time = time;
        _functions = functions;
        _logger = logs.CreateLogger<IarnetNode>();
        Id = NodeId.New();
        Domain = new DomainResourceManager(providers, time: time, logs: logs, random: random);
        if (providers.Count > 0)
        {
            _plane = ComponentPlane.Create(Id, options, store, providers, functions, Domain, time, random, logs);
            Store = _plane.Store;
            Engine = new DagEngine(
                new DagEngineOptions { DefaultReplicas = options.DefaultReplicas },
                [_plane.Actors, new InProcessActorHost(time)],
                _plane.Space,
                time,
                random,
                logs);
        }
        else
        {
            Store = ComponentPlane.OpenStore(Id, options, store, folder: null, time, logs);
            Engine = new DagEngine(new DagEngineOptions { DefaultReplicas = options.DefaultReplicas }, time: time, random: random, logs: logs);
        }

        try
        {
            functions.RegisterWith(Engine);
        }
        catch
        {
            // Nobody gets this node, so nobody disposes it.
            _plane?.RemoveFiles();
            throw;
        }
    }

    /// <summary>The name of this run of the node.</summary>
    public NodeId Id { get; }

    /// <summary>The name that people see.</summary>
    public string Name => _options.Name;

    /// <summary>Runs DAGs.</summary>
    public DagEngine Engine { get; }

    /// <summary>Holds what is too large for a message.</summary>
    public ObjectStore Store { get; }

    /// <summary>Places components on the node's providers.</summary>
    public DomainResourceManager Domain { get; }

    /// <summary>The components that are ready for calls now.</summary>
    public IReadOnlyCollection<ConnectedComponent> Components => _plane?.Actors.Connected ?? [];

    /// <summary>A handle of a function that was added by name, such as a Python function.</summary>
    /// <typeparam name="T1">The type of its parameter.</typeparam>
    /// <typeparam name="TR">The type of its result.</typeparam>
    /// <exception cref="FunctionNotSupportedException">No function was added under the name, or it has another number of parameters.</exception>
    public FunctionRef<T1, TR> Function<T1, TR>(string name) => new(_functions.Get(name));

    /// <inheritdoc cref="Function{T1,TR}(string)"/>
    /// <typeparam name="T1">The type of its first parameter.</typeparam>
    /// <typeparam name="T2">The type of its second parameter.</typeparam>
    /// <typeparam name="TR">The type of its result.</typeparam>
    public FunctionRef<T1, T2, TR> Function<T1, T2, TR>(string name) => new(_functions.Get(name));

    /// <summary>Starts what listens and begins to connect the providers. Harmless when repeated.</summary>
    /// <exception cref="IarnetException">Something that the node needs is missing: the worker, a Python module.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        lock (_life)
        {
            ObjectDisposedException.ThrowIf(_ended is not null, this);
            return _started ??= StartOnceAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Cancels what runs, stops the components and removes every file of the node. Returns within
    /// <see cref="IarnetNodeOptions.ShutdownTimeout"/> and a little; what resists by then is left to the operating system.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Task ended;
        lock (_life)
        {
            ended = _ended ??= Task.Run(EndAsync);
        }

        await ended.ConfigureAwait(false);
    }

    private async Task StartOnceAsync(CancellationToken cancellationToken)
    {
        using var start = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ending.Token);
        if (_plane is not null)
        {
            await _plane.StartAsync(start.Token).ConfigureAwait(false);
        }

        await Domain.StartAsync(start.Token).ConfigureAwait(false);
        LogStarted(Id, Name, Domain.View.Providers.Length);
    }

    private async Task EndAsync()
    {
        var began = _time.GetTimestamp();
        await _ending.CancelAsync().ConfigureAwait(false);

        // What is half started would start the other half after it was ended.
        if (_started is { } started)
        {
            await ((Task)started.WaitAsync(Left(began), _time, CancellationToken.None)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // Above before below: sessions let go of actors, actors of components, components of what carries them.
        await BoundedAsync(Engine, "engine", began).ConfigureAwait(false);
        if (_plane is null)
        {
            await BoundedAsync(Domain, "domain", began).ConfigureAwait(false);
            await BoundedAsync(Store, "store", began).ConfigureAwait(false);
        }
        else
        {
            await BoundedAsync(_plane.Actors, "actors", began).ConfigureAwait(false);
            await BoundedAsync(Domain, "domain", began).ConfigureAwait(false);
            await BoundedAsync(_plane, "bus and store", began).ConfigureAwait(false);
            _plane.RemoveFiles();
        }

        LogEnded(Id);
    }

    private async Task BoundedAsync(IAsyncDisposable part, string what, long began)
    {
        try
        {
            // Each in a task of its own: none may hold up the next with what it does before its first await.
            await Task.Run(() => part.DisposeAsync().AsTask()).WaitAsync(Left(began), _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogLeft(what, _options.ShutdownTimeout);
        }
        catch (Exception e)
        {
            LogEndFailed(e, what);
        }
    }

    /// <summary>What is left of the time for the end; never nothing, because a part that is in order ends in a moment.</summary>
    private TimeSpan Left(long began)
    {
        var left = _options.ShutdownTimeout - _time.GetElapsedTime(began);
        return left > LeastTime ? left : LeastTime;
    }

    [LoggerMessage(EventId = 8001, Level = LogLevel.Information, Message = "Node {Node} ({Name}) has started with {Providers} providers.")]
    private partial void LogStarted(NodeId node, string name, int providers);

    [LoggerMessage(EventId = 8002, Level = LogLevel.Information, Message = "Node {Node} has ended.")]
    private partial void LogEnded(NodeId node);

    [LoggerMessage(EventId = 8003, Level = LogLevel.Warning, Message = "The node's {What} had not ended when the time for that was over ({Limit} in all).")]
    private partial void LogLeft(string what, TimeSpan limit);

    [LoggerMessage(EventId = 8004, Level = LogLevel.Warning, Message = "The node's {What} did not end properly.")]
    private partial void LogEndFailed(Exception exception, string what);
}
