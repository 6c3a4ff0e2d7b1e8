using Google.Protobuf;
using Iarnet.Bus.Tests.Peers;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Tests.Components;

public sealed class BoundsTests
{
    [Fact]
    public async Task What_waits_for_a_component_is_bounded_by_messages()
    {
        await using var bus = BusPair.CreateBus("ipc://*", static options => options.PendingMessages = 10);
        var peer = bus.Register(new ComponentId("full"), new RecordingPeerHandler());
        for (var i = 0; i < 10; i++)
        {
            peer.Send(new byte[1]);
        }

        var error = Assert.Throws<BusFullException>(() => peer.Send(new byte[1]));
        Assert.Contains("component 'full'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_for_a_component_is_bounded_by_bytes_and_one_large_message_is_let_in()
    {
        await using var bus = BusPair.CreateBus("ipc://*", static options => options.PendingBytes = 1000);
        var peer = bus.Register(new ComponentId("full"), new RecordingPeerHandler());
        peer.Send(new byte[5000]);
        Assert.Throws<BusFullException>(() => peer.Send(new byte[1]));
    }

    [Fact]
    public async Task A_waiting_send_continues_when_the_component_takes_what_waits()
    {
        await using var bus = BusPair.CreateBus("ipc://*", static options => options.PendingMessages = 4);
        await bus.StartAsync();
        var peer = bus.Register(new ComponentId("slow"), new RecordingPeerHandler());
        var sending = Task.Run(async () =>
        {
            for (byte i = 0; i < 100; i++)
            {
                await peer.SendAsync(new[] { i });
            }
        });
        var component = new RecordingClientHandler();
        await using var client = BusPair.CreateClient(bus.Endpoints[0], "slow", component);
        await client.ConnectAsync().Within();
        for (byte i = 0; i < 100; i++)
        {
            Assert.Equal(i, (await component.NextMessage().Within()).Payload.Span[0]);
        }

        await sending.Within();
    }

    [Fact]
    public async Task A_cancelled_wait_has_sent_nothing()
    {
        await using var bus = BusPair.CreateBus("ipc://*", static options => options.PendingMessages = 1);
        await bus.StartAsync();
        var peer = bus.Register(new ComponentId("slow"), new RecordingPeerHandler());
        peer.Send(new byte[] { 1 });
        using var cancel = new CancellationTokenSource();
        var waiting = peer.SendAsync(new byte[] { 2 }, BusPriority.Normal, cancel.Token);
        Assert.False(waiting.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Within());
        var component = new RecordingClientHandler();
        await using var client = BusPair.CreateClient(bus.Endpoints[0], "slow", component);
        await client.ConnectAsync().Within();
        Assert.Equal(1, (await component.NextMessage().Within()).Payload.Span[0]);
        await peer.SendAsync(new byte[] { 3 }).Within();
        Assert.Equal(3, (await component.NextMessage().Within()).Payload.Span[0]);
    }

    [Fact]
    public async Task A_payload_over_the_limit_is_refused_where_it_is_sent()
    {
        await using var pair = await BusPair.StartAsync("ipc://*", static options => options.MaxMessageBytes = 1000, static options => options.MaxMessageBytes = 1000);
        Assert.Throws<MessageTooLargeException>(() => pair.Peer.Send(new byte[1001]));
        pair.Client.Send(new byte[1000]);
        Assert.Equal(1000, (await pair.Engine.NextMessage().Within()).Payload.Length);
    }

    [Fact]
    public async Task Disposing_returns_although_a_component_does_not_read()
    {
        var bus = BusPair.CreateBus("tcp://127.0.0.1:0", static options => options.Linger = TimeSpan.FromMilliseconds(200));
        await bus.StartAsync();
        var peer = bus.Register(new ComponentId("stuck"), new RecordingPeerHandler());
        using var raw = await RawPeer.JoinAsync(bus.Endpoints[0], "DEALER", "stuck");
        var ready = new Envelope { Version = 1, Ready = new Ready { ComponentId = "stuck", Incarnation = 1 } };
        await raw.SendAsync(RawPeer.Frame(0, ready.ToByteArray()));
        peer.Send(new byte[32 << 20]);
        await bus.DisposeAsync().Within();
        Assert.Equal(BusPeerState.Gone, peer.State);
    }

    [Fact]
    public async Task Link_latency_is_measured_at_both_ends()
    {
        await using var pair = await BusPair.StartAsync("ipc://*", static options => options.HeartbeatInterval = TimeSpan.FromMilliseconds(10), static options => options.HeartbeatInterval = TimeSpan.FromMilliseconds(10));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((pair.Peer.LinkLatency == TimeSpan.Zero || pair.Client.LinkLatency == TimeSpan.Zero) && !limit.IsCancellationRequested)
        {
            // Messages, not time, move the test on: each round trip gives the heartbeats a turn.
            pair.Peer.Send(new byte[1]);
            await pair.Component.NextMessage().Within();
        }

        Assert.True(pair.Peer.LinkLatency > TimeSpan.Zero);
        Assert.True(pair.Client.LinkLatency > TimeSpan.Zero);
    }
}
