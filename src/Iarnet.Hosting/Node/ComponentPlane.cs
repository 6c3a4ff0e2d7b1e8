using Iarnet.Bus;
using Iarnet.Components;
using Iarnet.Hosting.Functions;
using Iarnet.Hosting.Python;
using Iarnet.Providers;
using Iarnet.Rpc;
using Iarnet.Scheduling;
using Iarnet.Store;
using Microsoft.Extensions.Logging;

namespace Iarnet.Hosting.Node;

/// <summary>What a node needs to have components in other processes: a bus, a served store, files, and what joins them with placement.</summary>
internal sealed class ComponentPlane : IAsyncDisposable
{
    private readonly IarnetNodeOptions _options;
    private readonly RunFolder _folder;
    private readonly RpcServer _server;
    private readonly FunctionTable _functions;
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ComponentPlane(
        NodeId node,
        IarnetNodeOptions options,
        ObjectStoreOptions store,
        RunFolder folder,
        IReadOnlyList<IProvider> providers,
        FunctionTable functions,
        DomainResourceManager domain,
        TimeProvider time,
        SeededRandom random,
        ILoggerFactory logs)
    {
        _options = options;
        _folder = folder;
        _functions = functions;
        Store = OpenStore(node, options, store, folder.Segments, time, logs);
        Space = new StoreObjectSpace(Store, new StoreObjectSpaceOptions { InlineLimit = options.InlineLimit });
        _server = new RpcServer(new RpcServerOptions { MaxReceiveMessageSize = 8 << 20, DrainTime = TimeSpan.FromMilliseconds(100) }, logs);
        _server.AddService(new StoreService(Store, time: time, logs: logs).Bind());
        var storeAddress = StoreAddress();
        _server.Listen(storeAddress);
        var bus = new ComponentBusOptions { NodeId = node };
        bus.Endpoints.Add(BusEndpoint());
        Bus = new ComponentBus(bus, time, logs);
        var actors = new ComponentActorHostOptions { StoreAddress = storeAddress, WorkerFolder = WorkerFolder, PythonInterpreter = functions.PythonInterpreter };
        actors.Languages.Clear();
        actors.Languages.UnionWith(providers.SelectMany(provider => provider.Runtimes));
        Describe(actors.Environment);
        Actors = new ComponentActorHost(Bus, Store, Space, new DomainLauncher(domain, _listening.Task), actors, time, logs, random);
    }

    /// <summary>Where the worker programs lie.</summary>
    public static string WorkerFolder { get; } = Path.Combine(AppContext.BaseDirectory, "iarnet-worker");

    public ObjectStore Store { get; }

    public StoreObjectSpace Space { get; }

    public ComponentBus Bus { get; }

    public ComponentActorHost Actors { get; }

    public static ComponentPlane Create(
        NodeId node,
        IarnetNodeOptions options,
        ObjectStoreOptions store,
        IReadOnlyList<IProvider> providers,
        FunctionTable functions,
        DomainResourceManager domain,
        TimeProvider time,
        SeededRandom random,
        ILoggerFactory logs)
    {
        var folder = RunFolder.Create(node, options.RunFolder, options.SegmentFolder, time);
        try
        {
            return new ComponentPlane(node, options, store, folder, providers, functions, domain, time, random, logs);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public static ObjectStore OpenStore(NodeId node, IarnetNodeOptions options, ObjectStoreOptions store, string? folder, TimeProvider time, ILoggerFactory logs)
    {
        store.Source = node.Value;
        store.SegmentFolder ??= folder;
        store.MemoryLimit ??= options.StoreMemoryLimit;

        // Opening makes files and waits for nobody: the task is complete when it is returned.
        return ObjectStore.OpenAsync(store, time, logs).AsTask().GetAwaiter().GetResult();
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_functions.NeedsPython)
            {
                await PythonCheck.RunAsync(_functions.PythonInterpreter, cancellationToken).ConfigureAwait(false);
            }

            await _server.StartAsync(cancellationToken).ConfigureAwait(false);
            await Bus.StartAsync(cancellationToken).ConfigureAwait(false);
            _listening.TrySetResult();
        }
        catch (Exception e)
        {
            _listening.TrySetException(e);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listening.TrySetException(new ComponentLostException("The node has ended."));

        // Nobody may wait for it any more.
        _ = _listening.Task.Exception;

        // In the reverse order, each whatever happened to the one before.
        using var folder = _folder;
        await using var store = Store.ConfigureAwait(false);
        await using var server = _server.ConfigureAwait(false);
        await Bus.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Removes the files, whatever has not ended. Harmless when repeated.</summary>
    public void RemoveFiles() => _folder.Dispose();

    private string StoreAddress() => $"unix://{_folder.StoreSocket}";

    // Windows has Unix sockets, but the ZeroMQ of other languages there does not speak ipc.
    private string BusEndpoint() => OperatingSystem.IsWindows() ? "tcp://127.0.0.1:0" : $"ipc://{_folder.BusSocket}";

    private void Describe(IDictionary<string, string> environment)
    {
        environment[ComponentVariables.RunFolder] = _folder.Path;
        if (_folder.Segments is { } segments)
        {
            environment[ComponentVariables.SegmentFolder] = segments;
        }

        environment[ComponentVariables.Cache] = Path.GetFullPath(_options.CacheFolder ?? DefaultCache());
    }

    private static string DefaultCache()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(home.Length == 0 ? Path.GetTempPath() : home, "iarnet", "code");
    }
}
