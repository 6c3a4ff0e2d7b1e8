namespace Iarnet.Bus.Tests.Components;

/// <summary>An engine and one component on a real socket.</summary>
internal sealed class BusPair : IAsyncDisposable
{
    public required ComponentBus Bus { get; init; }

    public required BusPeer Peer { get; init; }

    public required ComponentBusClient Client { get; init; }

    public RecordingPeerHandler Engine { get; }

    public RecordingClientHandler Component { get; }

    public static async Task<BusPair> StartAsync(string endpoint, Action<ComponentBusOptions>? engineOptions = null, Action<ComponentBusClientOptions>? clientOptions = null)
    {
        var bus = CreateBus(endpoint, engineOptions);
        await bus.StartAsync();
        var engine = new RecordingPeerHandler();
        var component = new RecordingClientHandler();
        var peer = bus.Register(new ComponentId("one"), engine);
        var client = CreateClient(bus.Endpoints[0], "one", component, clientOptions);
        await client.ConnectAsync().Within();
        return new BusPair(engine, component) { Bus = bus, Peer = peer, Client = client };
    }

    public static ComponentBus CreateBus(string endpoint, Action<ComponentBusOptions>? configure = null)
    {
        var options = new ComponentBusOptions { Endpoints = { endpoint } };
        configure?.Invoke(options);
        return new ComponentBus(options);
    }

    public static ComponentBusClient CreateClient(string endpoint, string id, IBusClientHandler handler, Action<ComponentBusClientOptions>? configure = null)
    {
        var options = new ComponentBusClientOptions { Endpoint = endpoint, ComponentId = new ComponentId(id) };
        configure?.Invoke(options);
        return new ComponentBusClient(options, handler);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync().Within();
        await Bus.DisposeAsync().Within();
    }

    private BusPair(RecordingPeerHandler engine, RecordingClientHandler component)
    {
        Engine = engine;
        Component = component;
    }
}
