using System.Text;
using Iarnet.Bus.Tests.Faults;
using Iarnet.Bus.Tests.Peers;

namespace Iarnet.Bus.Tests.Components;

/// <summary>The program of docs/protocol/bus.md, run.</summary>
public sealed class PythonComponentTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("ipc://*")]
    [InlineData("tcp://127.0.0.1:0")]
    public async Task A_component_in_Python_answers(string endpoint)
    {
        using var component = await PythonComponent.PrepareAsync();
        await using var bus = BusPair.CreateBus(endpoint);
        await bus.StartAsync();
        var engine = new RecordingPeerHandler();
        var peer = bus.Register(new ComponentId("py-1"), engine);
        await using var python = await component.StartAsync(bus.Endpoints[0], "py-1");
        Assert.Equal("ready", await engine.NextState().Within());
        Assert.Equal("python", engine.LastReady!.Language);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal("cba", Encoding.UTF8.GetString((await peer.RequestAsync("abc"u8.ToArray(), Long).Within()).Span));
        }

        peer.Send("12"u8.ToArray());
        Assert.Equal("21"u8.ToArray(), (await engine.NextMessage().Within()).Payload.ToArray());
        await bus.UnregisterAsync(peer.Id, "that was all").Within();
        Assert.Contains("goodbye: that was all", await python.EndedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_component_in_Python_goes_on_when_its_connection_is_cut_without_its_knowing()
    {
        using var component = await PythonComponent.PrepareAsync();
        await using var bus = BusPair.CreateBus("tcp://127.0.0.1:0", static options => options.AwayLimit = Long);
        await bus.StartAsync();
        using var proxy = new CuttableProxy(bus.Endpoints[0]);
        var engine = new RecordingPeerHandler();
        var peer = bus.Register(new ComponentId("py-cut"), engine);
        await using var python = await component.StartAsync(proxy.Endpoint, "py-cut");
        Assert.Equal("ready", await engine.NextState().Within());
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 200; i++)
            {
                peer.Send(BitConverter.GetBytes((round * 200) + i));
            }

            proxy.Cut();
            for (var i = 0; i < 200; i++)
            {
                var back = (await engine.NextMessage().Within()).Payload.ToArray();
                Array.Reverse(back);
                Assert.Equal((round * 200) + i, BitConverter.ToInt32(back));
            }

            Assert.Equal("away", await engine.NextState().Within());
            Assert.Equal("returned", await engine.NextState().Within());
        }
    }

    [Fact]
    public async Task A_component_in_Python_that_is_killed_and_started_anew_is_a_new_incarnation()
    {
        using var component = await PythonComponent.PrepareAsync();
        await using var bus = BusPair.CreateBus("ipc://*", static options => options.AwayLimit = Long);
        await bus.StartAsync();
        var engine = new RecordingPeerHandler();
        var peer = bus.Register(new ComponentId("py-2"), engine);
        await using (var first = await component.StartAsync(bus.Endpoints[0], "py-2"))
        {
            Assert.Equal("ready", await engine.NextState().Within());
            await first.KillAsync();
        }

        Assert.Equal("away", await engine.NextState().Within());
        await using var second = await component.StartAsync(bus.Endpoints[0], "py-2");
        Assert.StartsWith("gone", await engine.NextState().Within(), StringComparison.Ordinal);
        Assert.Equal("ready", await engine.NextState().Within());
        Assert.Equal("cba", Encoding.UTF8.GetString((await peer.RequestAsync("abc"u8.ToArray(), Long).Within()).Span));
    }

    [Fact]
    public async Task A_python_that_speaks_another_protocol_version_is_told_so()
    {
        using var component = await PythonComponent.PrepareAsync(static program => program.Replace("version=1", "version=3", StringComparison.Ordinal));
        await using var bus = BusPair.CreateBus("ipc://*");
        await bus.StartAsync();
        bus.Register(new ComponentId("py-3"), new RecordingPeerHandler());
        await using var python = await component.StartAsync(bus.Endpoints[0], "py-3");
        Assert.Contains("speaks version 3", await python.EndedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_component_in_Python_says_goodbye_when_it_is_ended()
    {
        using var component = await PythonComponent.PrepareAsync();
        await using var bus = BusPair.CreateBus("ipc://*", static options => options.AwayLimit = Long);
        await bus.StartAsync();
        var engine = new RecordingPeerHandler();
        var peer = bus.Register(new ComponentId("py-4"), engine);
        await using var python = await component.StartAsync(bus.Endpoints[0], "py-4");
        Assert.Equal("ready", await engine.NextState().Within());
        // Past the start of the program, so that the signal finds its handler.
        Assert.Equal("cba", Encoding.UTF8.GetString((await peer.RequestAsync("abc"u8.ToArray(), Long).Within()).Span));

        await Signals.TerminateAsync(python.Id);

        Assert.Equal("gone: it said goodbye: the component was interrupted", await engine.NextState().Within());
        Assert.Empty(await python.EndedAsync());
    }

    [Fact]
    public async Task A_component_in_Python_does_not_answer_a_cancellation()
    {
        using var component = await PythonComponent.PrepareAsync();
        await using var bus = BusPair.CreateBus("ipc://*");
        await bus.StartAsync();
        var engine = new RecordingPeerHandler();
        var peer = bus.Register(new ComponentId("py-5"), engine);
        await using var python = await component.StartAsync(bus.Endpoints[0], "py-5");
        Assert.Equal("ready", await engine.NextState().Within());

        await Signals.StopAsync(python.Id);
        await Assert.ThrowsAsync<CallTimeoutException>(() => peer.RequestAsync("abc"u8.ToArray(), TimeSpan.FromMilliseconds(50)).AsTask()).Within();
        await Signals.ContinueAsync(python.Id);

        peer.Send("12"u8.ToArray());
        Assert.Equal("21"u8.ToArray(), (await engine.NextMessage().Within()).Payload.ToArray());
    }
}
