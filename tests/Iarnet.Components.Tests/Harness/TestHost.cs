using Iarnet.Actors;
using Iarnet.Bus;
using Iarnet.Functions;
using Iarnet.Resources;
using Iarnet.Store;

namespace Iarnet.Components.Tests;

/// <summary>A host on a real bus and a real store, whose components are fakes.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private TestHost(ComponentBus bus, ObjectStore store, ComponentActorHostOptions options)
    {
        Bus = bus;
        Store = store;
        Host = new ComponentActorHost(bus, store, new StoreObjectSpace(store), Launcher, options);
    }

    public ComponentBus Bus { get; }

    public ObjectStore Store { get; }

    public ComponentActorHost Host { get; }

    public FakeLauncher Launcher { get; } = new();

    public TestObserver Observer { get; } = new();

    public static FunctionDefinition Square { get; } = new("Square", FunctionLanguages.DotNet, ["x"], new DotNetMethodCode(((Func<int, int>)(static x => x * x)).Method), FunctionOptions.Default);

    public static async Task<TestHost> StartAsync(Action<ComponentActorHostOptions>? configure = null)
    {
        var options = new ComponentActorHostOptions
        {
            StoreAddress = "unix:///nowhere",
            ReplaceDelay = TimeSpan.FromMilliseconds(1),
            ReplaceDelayLimit = TimeSpan.FromMilliseconds(5),
            DrainLimit = TimeSpan.FromMilliseconds(100),
        };
        configure?.Invoke(options);
        var busOptions = new ComponentBusOptions();
        busOptions.Endpoints.Add("ipc://*");
        var bus = new ComponentBus(busOptions);
        await bus.StartAsync().AsTask().Within("the bus");
        return new TestHost(bus, await ObjectStore.OpenAsync(), options);
    }

    public IActorGroup StartGroup() => Host.StartGroup(new ActorGroupSpec("test", FunctionLanguages.DotNet, ResourceRequest.None, 1, 1, 1), Observer);

    public async Task<(IActor Actor, FakeComponent Component)> StartActorAsync()
    {
        StartGroup();
        return (await Observer.NextActorAsync(), await Launcher.NextAsync());
    }

    public static TestCall Post(IActor actor, FunctionDefinition function, params IActorValue[] arguments)
    {
        var call = new TestCall(function, arguments);
        actor.Post([call]);
        return call;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync().AsTask().Within("the host to close");
        await Bus.DisposeAsync().AsTask().Within("the bus to close");
        await Store.DisposeAsync();
    }
}
