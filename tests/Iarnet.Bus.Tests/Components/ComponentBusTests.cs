using System.Buffers.Binary;
using System.Text;

namespace Iarnet.Bus.Tests.Components;

public sealed class ComponentBusTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("ipc://*")]
    [InlineData("tcp://127.0.0.1:0")]
    [InlineData("tcp://localhost:0")]
    [InlineData("ipc://@iarnet-bus-test-abstract")]
    public async Task A_component_becomes_ready_and_answers_a_request(string endpoint)
    {
        await using var pair = await BusPair.StartAsync(endpoint);
        pair.Component.OnMessage = static (client, message) => client.Reply(message, message.Payload.ToArray());
        Assert.Equal("ready", await pair.Engine.NextState().Within());
        Assert.Equal(BusPeerState.Ready, pair.Peer.State);
        Assert.Equal(Environment.ProcessId, pair.Engine.LastReady!.ProcessId);
        Assert.Equal("dotnet", pair.Engine.LastReady.Language);

        var reply = await pair.Peer.RequestAsync("hello"u8.ToArray(), Long).Within();
        Assert.Equal("hello", Encoding.UTF8.GetString(reply.Span));
    }

    [Fact]
    public async Task Messages_that_are_queued_before_the_component_connects_arrive_in_order_by_priority()
    {
        await using var bus = BusPair.CreateBus("ipc://*");
        await bus.StartAsync();
        var engine = new RecordingPeerHandler();
        var peer = bus.Register(new ComponentId("early"), engine);
        for (byte i = 0; i < 5; i++)
        {
            peer.Send(new[] { i });
            peer.Send(new[] { (byte)(10 + i) }, BusPriority.High);
            peer.Send(new[] { (byte)(20 + i) }, BusPriority.Urgent);
        }

        Assert.Equal(BusPeerState.Awaited, peer.State);
        var component = new RecordingClientHandler();
        await using var client = BusPair.CreateClient(bus.Endpoints[0], "early", component);
        await client.ConnectAsync().Within();
        byte[] expected = [20, 21, 22, 23, 24, 10, 11, 12, 13, 14, 0, 1, 2, 3, 4];
        foreach (var value in expected)
        {
            Assert.Equal(value, (await component.NextMessage().Within()).Payload.Span[0]);
        }
    }

    [Fact]
    public async Task A_hundred_thousand_messages_arrive_in_order_both_ways()
    {
        const int Count = 100_000;
        await using var pair = await BusPair.StartAsync("ipc://*");
        var there = new OrderCheck(Count);
        var back = new OrderCheck(Count);
        pair.Component.OnMessage = (_, message) => there.Take(message.Payload.Span);
        pair.Engine.OnMessage = (_, message) => back.Take(message.Payload.Span);
        var sendThere = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
            {
                await pair.Peer.SendAsync(BitConverter.GetBytes(i));
            }
        });
        var sendBack = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
            {
                await pair.Client.SendAsync(BitConverter.GetBytes(i));
            }
        });
        await sendThere.Within();
        await sendBack.Within();
        await there.Done.Within();
        await back.Done.Within();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(65536)]
    [InlineData(8 << 20)]
    public async Task A_payload_of_any_size_arrives_unchanged_both_ways(int size)
    {
        await using var pair = await BusPair.StartAsync("ipc://*");
        var payload = new byte[size];
        new SeededRandom(size).NextBytes(payload);
        pair.Peer.Send(payload);
        Assert.True((await pair.Component.NextMessage().Within()).Payload.Span.SequenceEqual(payload));
        pair.Client.Send(payload);
        Assert.True((await pair.Engine.NextMessage().Within()).Payload.Span.SequenceEqual(payload));
    }

    private sealed class OrderCheck(int count)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _next;

        public Task Done => _done.Task;

        public void Take(ReadOnlySpan<byte> payload)
        {
            var value = BinaryPrimitives.ReadInt32LittleEndian(payload);
            if (value != _next)
            {
                _done.TrySetException(new InvalidOperationException($"{value} came where {_next} was next"));
            }
            else if (++_next == count)
            {
                _done.TrySetResult();
            }
        }
    }
}
