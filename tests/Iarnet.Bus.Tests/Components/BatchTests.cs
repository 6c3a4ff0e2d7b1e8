namespace Iarnet.Bus.Tests.Components;

public sealed class BatchTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_batch_arrives_in_order_and_in_few_envelopes()
    {
        await using var bus = BusPair.CreateBus("ipc://*");
        await bus.StartAsync();
        var peer = bus.Register(new ComponentId("one"), new RecordingPeerHandler());
        var component = new BatchRecordingHandler();
        await using var client = BusPair.CreateClient(bus.Endpoints[0], "one", component);
        await client.ConnectAsync().Within();
        peer.Send(Payloads(1000));
        var (next, batches) = (0, 0);
        while (next < 1000)
        {
            foreach (var message in await component.Batches.Reader.ReadAsync().AsTask().Within())
            {
                Assert.Equal(next++, BitConverter.ToInt32(message.Payload.Span));
            }

            batches++;
        }

        Assert.True(batches < 100, $"1000 messages came in {batches} envelopes");
    }

    [Fact]
    public async Task What_has_waited_shares_envelopes_and_large_messages_keep_their_place()
    {
        await using var bus = BusPair.CreateBus("ipc://*");
        await bus.StartAsync();
        var peer = bus.Register(new ComponentId("one"), new RecordingPeerHandler());
        for (var i = 0; i < 300; i++)
        {
            var payload = new byte[i % 50 == 7 ? 20_000 : 4];
            BitConverter.TryWriteBytes(payload, i);
            peer.Send(payload);
        }

        var component = new BatchRecordingHandler();
        await using var client = BusPair.CreateClient(bus.Endpoints[0], "one", component);
        await client.ConnectAsync().Within();
        var (next, batches) = (0, 0);
        while (next < 300)
        {
            foreach (var message in await component.Batches.Reader.ReadAsync().AsTask().Within())
            {
                Assert.Equal(next++, BitConverter.ToInt32(message.Payload.Span));
            }

            batches++;
        }

        Assert.True(batches < 30, $"300 messages came in {batches} envelopes");
    }

    [Fact]
    public async Task A_batch_is_let_in_whole_or_not_at_all()
    {
        await using var bus = BusPair.CreateBus("ipc://*", static options => options.PendingMessages = 10);
        var peer = bus.Register(new ComponentId("full"), new RecordingPeerHandler());
        peer.Send(Payloads(6));
        Assert.Throws<BusFullException>(() => peer.Send(Payloads(5)));
        Assert.Equal(6, peer.PendingMessages);
        peer.Send(Payloads(4));
        Assert.Equal(10, peer.PendingMessages);
        Assert.Equal(10 * (4 + 128), peer.PendingBytes);
    }

    [Fact]
    public async Task A_waiting_batch_larger_than_the_bounds_arrives_as_room_comes()
    {
        await using var bus = BusPair.CreateBus("ipc://*", static options => options.PendingMessages = 7);
        await bus.StartAsync();
        var peer = bus.Register(new ComponentId("slow"), new RecordingPeerHandler());
        var sending = peer.SendAsync(Payloads(500)).AsTask();
        Assert.False(sending.IsCompleted);
        var component = new RecordingClientHandler();
        await using var client = BusPair.CreateClient(bus.Endpoints[0], "slow", component);
        await client.ConnectAsync().Within();
        for (var i = 0; i < 500; i++)
        {
            Assert.Equal(i, BitConverter.ToInt32((await component.NextMessage().Within()).Payload.Span));
        }

        await sending.Within();
    }

    [Fact]
    public async Task A_batch_handler_that_throws_answers_the_requests_of_the_batch_with_faults()
    {
        await using var bus = BusPair.CreateBus("ipc://*");
        await bus.StartAsync();
        var peer = bus.Register(new ComponentId("one"), new RecordingPeerHandler());
        var requests = Enumerable.Range(0, 5).Select(_ => peer.RequestAsync(new byte[1], Long).AsTask()).ToArray();
        await using var client = BusPair.CreateClient(bus.Endpoints[0], "one", new BatchRecordingHandler { Throws = true });
        await client.ConnectAsync().Within();
        foreach (var request in requests)
        {
            Assert.Contains("broken batch handler", (await Assert.ThrowsAsync<RequestFailedException>(() => request.Within())).Message, StringComparison.Ordinal);
        }
    }

    private static ReadOnlyMemory<byte>[] Payloads(int count) =>
        [.. Enumerable.Range(0, count).Select(static i => (ReadOnlyMemory<byte>)BitConverter.GetBytes(i))];
}
