using Google.Protobuf;
using Iarnet.Bus.Tests.Peers;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Tests.Components;

public sealed class AdmissionTests
{
    [Fact]
    public async Task A_component_that_is_not_registered_is_told_goodbye()
    {
        await using var bus = BusPair.CreateBus("ipc://*");
        await bus.StartAsync();
        await using var client = BusPair.CreateClient(bus.Endpoints[0], "stranger", new RecordingClientHandler());
        var error = await Assert.ThrowsAsync<ComponentLostException>(() => client.ConnectAsync().Within());
        Assert.Contains("'stranger' is not registered", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_component_of_another_version_is_told_goodbye_and_closed()
    {
        await using var bus = BusPair.CreateBus("tcp://127.0.0.1:0");
        await bus.StartAsync();
        var engine = new RecordingPeerHandler();
        bus.Register(new ComponentId("old"), engine);
        using var raw = await RawPeer.JoinAsync(bus.Endpoints[0], "DEALER", "old");
        await raw.ReadAsync(RawPeer.Opening("ROUTER", []).Length);
        await raw.SendAsync(RawPeer.Frame(0, new Envelope { Version = 2, Ready = new Ready { ComponentId = "old", Incarnation = 1 } }.ToByteArray()));
        var goodbye = Envelope.Parser.ParseFrom((await raw.ReadFrameAsync()).Body).Goodbye;
        Assert.Contains("version 2", goodbye.Reason, StringComparison.Ordinal);
        await raw.ReadToEndAsync();
        Assert.Null(engine.LastReady);
    }

    [Fact]
    public async Task A_component_that_says_another_name_than_its_socket_is_refused()
    {
        await using var bus = BusPair.CreateBus("ipc://*");
        await bus.StartAsync();
        bus.Register(new ComponentId("me"), new RecordingPeerHandler());
        using var raw = await RawPeer.JoinAsync(bus.Endpoints[0], "DEALER", "me");
        await raw.ReadAsync(RawPeer.Opening("ROUTER", []).Length);
        await raw.SendAsync(RawPeer.Frame(0, new Envelope { Version = 1, Ready = new Ready { ComponentId = "you", Incarnation = 1 } }.ToByteArray()));
        Assert.Contains("'you'", Envelope.Parser.ParseFrom((await raw.ReadFrameAsync()).Body).Goodbye.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_component_that_says_nothing_is_asked_to_say_Ready()
    {
        await using var bus = BusPair.CreateBus("ipc://*");
        await bus.StartAsync();
        bus.Register(new ComponentId("quiet"), new RecordingPeerHandler());
        using var raw = await RawPeer.JoinAsync(bus.Endpoints[0], "DEALER", "quiet");
        await raw.ReadAsync(RawPeer.Opening("ROUTER", []).Length);
        Assert.Equal(new Envelope { Version = 1 }, Envelope.Parser.ParseFrom((await raw.ReadFrameAsync()).Body));
        await raw.SendAsync(RawPeer.Frame(0, new Envelope { Version = 1, Ready = new Ready { ComponentId = "quiet", Incarnation = 9 } }.ToByteArray()));
        Assert.NotNull(Envelope.Parser.ParseFrom((await raw.ReadFrameAsync()).Body).Welcome);
    }

    [Fact]
    public async Task Bytes_that_are_no_envelope_end_the_connection_and_the_component_may_come_again()
    {
        await using var pair = await BusPair.StartAsync("ipc://*");
        Assert.Equal("ready", await pair.Engine.NextState().Within());
        var engine = new RecordingPeerHandler();
        pair.Bus.Register(new ComponentId("garbled"), engine);
        using (var raw = await RawPeer.JoinAsync(pair.Bus.Endpoints[0], "DEALER", "garbled"))
        {
            await raw.SendAsync(RawPeer.Frame(0, [0xFF, 0xFF, 0xFF]));
            await raw.ReadToEndAsync();
        }

        await using var client = BusPair.CreateClient(pair.Bus.Endpoints[0], "garbled", new RecordingClientHandler());
        await client.ConnectAsync().Within();
        Assert.Equal("ready", await engine.NextState().Within());
        Assert.Equal(BusPeerState.Ready, pair.Peer.State);
    }

    [Fact]
    public async Task An_id_is_registered_once_until_it_is_gone()
    {
        await using var bus = BusPair.CreateBus("ipc://*");
        var id = new ComponentId("once");
        bus.Register(id, new RecordingPeerHandler());
        Assert.Throws<InvalidOperationException>(() => bus.Register(id, new RecordingPeerHandler()));
        await bus.UnregisterAsync(id, "again").Within();
        bus.Register(id, new RecordingPeerHandler());
    }

    [Fact]
    public async Task A_client_gives_up_when_nobody_is_there()
    {
        var path = Path.Combine(Path.GetTempPath(), $"iarnet-nobody-{Environment.ProcessId}");
        await using var client = BusPair.CreateClient("ipc://" + path, "alone", new RecordingClientHandler(), static options => options.GiveUpAfter = TimeSpan.FromMilliseconds(200));
        var error = await Assert.ThrowsAsync<ComponentLostException>(() => client.ConnectAsync().Within());
        Assert.Contains("not reached", error.Message, StringComparison.Ordinal);
    }
}
