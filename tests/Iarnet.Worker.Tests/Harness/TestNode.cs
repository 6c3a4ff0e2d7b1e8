using Iarnet.Actors;
using Iarnet.Bus;
using Iarnet.Components;
using Iarnet.Functions;
using Iarnet.Resources;
using Iarnet.Rpc;
using Iarnet.Store;

namespace Iarnet.Worker.Tests.Harness;

/// <summary>A real bus, a real store served over a Unix socket, real worker processes, and code from an empty cache folder.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly string _segments;
    private readonly RpcServer _server;

    private TestNode(string folder, string segments, ComponentBus bus, ObjectStore store, RpcServer server, ComponentActorHostOptions options)
    {
        Folder = folder;
        _segments = segments;
        Bus = bus;
        Store = store;
        _server = server;
        Space = new StoreObjectSpace(store);
        Host = new ComponentActorHost(bus, store, Space, Launcher, options);
    }

    public string Folder { get; }

    public string Cache => Path.Combine(Folder, "cache");

    public ComponentBus Bus { get; }

    public ObjectStore Store { get; }

    public StoreObjectSpace Space { get; }

    public TestLauncher Launcher { get; } = new();

    public ComponentActorHost Host { get; }

    public TestObserver Observer { get; } = new();

    public static async Task<TestNode> StartAsync(Action<ComponentActorHostOptions>? configure = null, Action<ObjectStoreOptions>? configureStore = null)
    {
        var folder = Directory.CreateTempSubdirectory("iarnet-worker-").FullName;
        var segments = Path.Combine("/dev/shm", Path.GetFileName(folder));
        var busOptions = new ComponentBusOptions { AwayLimit = TimeSpan.FromSeconds(2) };
        busOptions.Endpoints.Add($"ipc://{folder}/bus");
        var bus = new ComponentBus(busOptions);
        await bus.StartAsync().AsTask().Within("the bus");
        var storeOptions = new ObjectStoreOptions { SegmentFolder = segments, MemoryLimit = 512 << 20 };
        configureStore?.Invoke(storeOptions);
        var store = await ObjectStore.OpenAsync(storeOptions);
        var server = new RpcServer();
        server.AddService(new StoreService(store).Bind()).Listen($"unix://{folder}/store");
        await server.StartAsync().Within("the store's server");
        var options = new ComponentActorHostOptions
        {
            StoreAddress = $"unix://{folder}/store",
            ReplaceDelay = TimeSpan.FromMilliseconds(10),
            ReplaceDelayLimit = TimeSpan.FromMilliseconds(50),
            Environment =
            {
                [ComponentVariables.Cache] = Path.Combine(folder, "cache"),
                [ComponentVariables.Lifeline] = "stdin",
                [ComponentVariables.RunFolder] = folder,
                [ComponentVariables.SegmentFolder] = segments,
            },
        };
        configure?.Invoke(options);
        return new TestNode(folder, segments, bus, store, server, options);
    }

    public static FunctionDefinition Define(Delegate function, bool variadic = false) => Define(function.Method, variadic);

    public static FunctionDefinition Define(System.Reflection.MethodInfo method, bool variadic = false) => new(
        $"{method.DeclaringType!.Name}.{method.Name}",
        FunctionLanguages.DotNet,
        [.. method.GetParameters().Where(parameter => parameter.ParameterType != typeof(CancellationToken)).Select(parameter => parameter.Name!)],
        new DotNetMethodCode(method),
        FunctionOptions.Default)
    {
        Id = $"dotnet:{method.DeclaringType.FullName}.{method.Name}({string.Join(',', method.GetParameters().Select(parameter => parameter.ParameterType))})",
        IsVariadic = variadic,
    };

    public IActorGroup StartGroup(int replicas = 1, int concurrency = 1) =>
        Host.StartGroup(new ActorGroupSpec("test", FunctionLanguages.DotNet, ResourceRequest.None, replicas, replicas, concurrency), Observer);

    public async Task<IActor> StartActorAsync(int concurrency = 1)
    {
        StartGroup(1, concurrency);
        return await Observer.NextActorAsync();
    }

    public static TestCall Post(IActor actor, FunctionDefinition function, params IActorValue[] arguments) => Post(actor, function, default, arguments);

    public static TestCall Post(IActor actor, FunctionDefinition function, CancellationToken cancellation, params IActorValue[] arguments)
    {
        var call = new TestCall(function, arguments, cancellation);
        actor.Post([call]);
        return call;
    }

    public async Task<T> CallAsync<T>(IActor actor, FunctionDefinition function, params IActorValue[] arguments)
    {
        var outcome = await Post(actor, function, arguments).Ended.Within($"the outcome of {function.Name}");
        Assert.True(outcome.Kind == ActorOutcomeKind.Completed, $"{outcome.Kind}: {outcome.Error} {outcome.Exception}");
        return await Space.DecodeAsync<T>(outcome.Value).AsTask().Within("the result to be read");
    }

    public static IActorValue Value<T>(T value) => new TestValue<T>(value);

    public string Named(string name) => Path.Combine(Folder, name);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync().AsTask().Within("the host to close");
        foreach (var component in Launcher.Started.Values)
        {
            await component.Ended.Within($"component {component.Id} to end");
        }

        await Bus.DisposeAsync().AsTask().Within("the bus to close");
        await _server.DisposeAsync().AsTask().Within("the store's server to close");
        await Store.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        if (Directory.Exists(_segments))
        {
            Directory.Delete(_segments, recursive: true);
        }
    }
}
