using System.Buffers.Binary;
using Iarnet.Bus.Tests.Peers;

namespace Iarnet.Bus.Tests.Components;

public sealed class ResumeTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Nothing_is_lost_or_doubled_when_connections_are_cut_again_and_again(int seed)
    {
        const int Count = 20_000;
        const int Cuts = 8;
        var random = new SeededRandom(seed);
        await using var bus = BusPair.CreateBus("tcp://127.0.0.1:0", static options => options.AwayLimit = Long);
        await bus.StartAsync();
        using var proxy = new CuttableProxy(bus.Endpoints[0]);
        var engine = new RecordingPeerHandler();
        var component = new RecordingClientHandler();
        var peer = bus.Register(new ComponentId("cut"), engine);
        var there = new OrderedCount(Count);
        var back = new OrderedCount(Count);
        component.OnMessage = (_, message) => there.Take(message.Payload.Span);
        engine.OnMessage = (_, message) => back.Take(message.Payload.Span);
        await using var client = BusPair.CreateClient(proxy.Endpoint, "cut", component, static options => options.ReconnectDelay = TimeSpan.FromMilliseconds(5));
        await client.ConnectAsync().Within();

        var sizes = Enumerable.Range(0, 64).Select(_ => 4 + random.Next(random.Next(8) == 0 ? 20_000 : 200)).ToArray();
        var sending = Task.Run(() => SendAllAsync(payload => peer.SendAsync(payload)));
        var answering = Task.Run(() => SendAllAsync(payload => client.SendAsync(payload)));
        for (var cut = 1; cut <= Cuts; cut++)
        {
            // By progress, not by time: each cut falls into traffic.
            await there.Reached(Count * cut / (Cuts + 1)).Within();
            proxy.Cut();
        }

        await sending.Within();
        await answering.Within();
        await there.Reached(Count).Within();
        await back.Reached(Count).Within();
        Assert.True(proxy.Connections > 1, "no cut made the client connect again");
        Assert.Equal(BusPeerState.Ready, peer.State);

        async Task SendAllAsync(Func<byte[], ValueTask> send)
        {
            for (var i = 0; i < Count; i++)
            {
                var payload = new byte[sizes[i % sizes.Length]];
                BinaryPrimitives.WriteInt32LittleEndian(payload, i);
                await send(payload);
            }
        }
    }

    [Fact]
    public async Task A_cut_is_told_as_away_and_returned_and_a_request_across_it_is_answered()
    {
        await using var bus = BusPair.CreateBus("tcp://127.0.0.1:0", static options => options.AwayLimit = Long);
        await bus.StartAsync();
        using var proxy = new CuttableProxy(bus.Endpoints[0]);
        var engine = new RecordingPeerHandler();
        var component = new RecordingClientHandler { OnMessage = static (client, message) => client.Reply(message, message.Payload.ToArray()) };
        var peer = bus.Register(new ComponentId("cut"), engine);
        await using var client = BusPair.CreateClient(proxy.Endpoint, "cut", component);
        await client.ConnectAsync().Within();
        Assert.Equal("ready", await engine.NextState().Within());
        Assert.StartsWith("connected", await component.NextState().Within(), StringComparison.Ordinal);

        proxy.Closed = true;
        proxy.Cut();
        Assert.Equal("away", await engine.NextState().Within());
        Assert.Equal(BusPeerState.Away, peer.State);
        Assert.Equal("disconnected", await component.NextState().Within());
        var request = peer.RequestAsync(new byte[] { 7 }, Long);
        proxy.Closed = false;
        Assert.Equal("returned", await engine.NextState().Within());
        Assert.StartsWith("connected", await component.NextState().Within(), StringComparison.Ordinal);
        Assert.Equal(7, (await request.Within()).Span[0]);
    }

    [Fact]
    public async Task A_component_that_stays_away_is_gone_and_what_waits_for_it_fails()
    {
        await using var bus = BusPair.CreateBus("tcp://127.0.0.1:0", static options => options.AwayLimit = TimeSpan.FromMilliseconds(100));
        await bus.StartAsync();
        using var proxy = new CuttableProxy(bus.Endpoints[0]);
        var engine = new RecordingPeerHandler();
        var peer = bus.Register(new ComponentId("away"), engine);
        await using var client = BusPair.CreateClient(proxy.Endpoint, "away", new RecordingClientHandler());
        await client.ConnectAsync().Within();
        Assert.Equal("ready", await engine.NextState().Within());
        var request = peer.RequestAsync(new byte[1], Long);
        proxy.Closed = true;
        proxy.Cut();
        Assert.Equal("away", await engine.NextState().Within());
        Assert.StartsWith("gone: it was away", await engine.NextState().Within(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<ComponentLostException>(() => request.Within());
        Assert.Throws<ComponentLostException>(() => peer.Send(new byte[1]));

        // It returns too late: it is told so, and ends.
        proxy.Closed = false;
        Assert.Contains("not registered", await client.Completion.Within(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_incarnation_takes_the_place_of_the_old_one()
    {
        await using var bus = BusPair.CreateBus("ipc://*");
        await bus.StartAsync();
        var engine = new RecordingPeerHandler();
        var peer = bus.Register(new ComponentId("again"), engine);
        var first = BusPair.CreateClient(bus.Endpoints[0], "again", new RecordingClientHandler());
        await using var disposeFirst = first;
        await first.ConnectAsync().Within();
        Assert.Equal("ready", await engine.NextState().Within());
        var lost = peer.RequestAsync(new byte[1], Long);

        var component = new RecordingClientHandler();
        await using var second = BusPair.CreateClient(bus.Endpoints[0], "again", component);
        await second.ConnectAsync().Within();
        Assert.StartsWith("gone: a new incarnation", await engine.NextState().Within(), StringComparison.Ordinal);
        Assert.Equal("ready", await engine.NextState().Within());
        await Assert.ThrowsAsync<ComponentLostException>(() => lost.Within());
        await first.DisposeAsync().Within();
    }

    private sealed class OrderedCount(int last)
    {
        private readonly Dictionary<int, TaskCompletionSource> _marks = [];
        private readonly Lock _lock = new();
        private int _next;
        private string? _problem;

        public Task Reached(int count)
        {
            lock (_lock)
            {
                if (!_marks.TryGetValue(count, out var mark))
                {
                    _marks[count] = mark = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                Settle(count, mark);
                return mark.Task;
            }
        }

        public void Take(ReadOnlySpan<byte> payload)
        {
            var value = BinaryPrimitives.ReadInt32LittleEndian(payload);
            lock (_lock)
            {
                if (value != _next || _next == last)
                {
                    _problem ??= $"{value} came where {_next} was next";
                }

                _next++;
                foreach (var (count, mark) in _marks)
                {
                    Settle(count, mark);
                }
            }
        }

        private void Settle(int count, TaskCompletionSource mark)
        {
            if (_problem is not null)
            {
                mark.TrySetException(new InvalidOperationException(_problem));
            }
            else if (_next >= count)
            {
                mark.TrySetResult();
            }
        }
    }
}
