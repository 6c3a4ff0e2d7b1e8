namespace Iarnet.Bus.Tests.Components;

public sealed class DeadlineTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task A_message_that_expires_while_it_waits_is_told_to_its_sender_and_never_arrives()
    {
        await using var bus = BusPair.CreateBus("ipc://*", static options => options.PendingMessages = 2);
        await bus.StartAsync();
        var engine = new RecordingPeerHandler();
        var peer = bus.Register(new ComponentId("late"), engine);
        peer.Send(new byte[] { 1 });
        peer.Send(new byte[] { 2 }, new BusSendOptions { Priority = BusPriority.High, TimeToLive = Short, Tag = "two" });
        var waiting = peer.SendAsync(new byte[] { 3 });
        Assert.False(waiting.IsCompleted);

        var expired = await engine.Expirations.Reader.ReadAsync().AsTask().Within();
        Assert.Equal("two", expired.Tag);
        Assert.Equal(2, expired.Payload.Span[0]);
        Assert.Equal((BusPriority.High, Short), (expired.Priority, expired.TimeToLive));

        // Its room went to the one that waited.
        await waiting.Within();
        Assert.Equal(2, peer.PendingMessages);
        var component = new RecordingClientHandler();
        await using var client = BusPair.CreateClient(bus.Endpoints[0], "late", component);
        await client.ConnectAsync().Within();
        Assert.Equal(1, (await component.NextMessage().Within()).Payload.Span[0]);
        Assert.Equal(3, (await component.NextMessage().Within()).Payload.Span[0]);
        Assert.False(engine.Expirations.Reader.TryRead(out _));
    }

    [Fact]
    public async Task What_is_left_of_the_time_goes_along_and_a_message_without_an_end_has_none()
    {
        await using var pair = await BusPair.StartAsync("ipc://*");
        pair.Peer.Send(new byte[1], new BusSendOptions { TimeToLive = Long });
        pair.Peer.Send(new byte[1]);
        var request = pair.Peer.RequestAsync(new byte[1], Long);
        var first = await pair.Component.NextMessage().Within();
        Assert.InRange(first.TimeToLive!.Value, TimeSpan.FromTicks(1), Long);
        Assert.Null((await pair.Component.NextMessage().Within()).TimeToLive);
        var asked = await pair.Component.NextMessage().Within();
        Assert.InRange(asked.TimeToLive!.Value, TimeSpan.FromTicks(1), Long);
        pair.Client.Reply(asked, new byte[1]);
        await request.Within();
    }

    [Fact]
    public async Task A_wait_for_room_ends_with_the_time_to_live()
    {
        await using var bus = BusPair.CreateBus("ipc://*", static options => options.PendingMessages = 1);
        var engine = new RecordingPeerHandler();
        var peer = bus.Register(new ComponentId("full"), engine);
        peer.Send(new byte[1]);
        var error = await Assert.ThrowsAsync<MessageExpiredException>(() => peer.SendAsync(new byte[1], new BusSendOptions { TimeToLive = Short }).Within());
        Assert.Contains("component 'full'", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, peer.PendingMessages);
        Assert.False(engine.Expirations.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_request_that_times_out_or_is_cancelled_before_it_left_is_never_sent()
    {
        await using var bus = BusPair.CreateBus("ipc://*", static options => options.PendingMessages = 2);
        await bus.StartAsync();
        var peer = bus.Register(new ComponentId("late"), new RecordingPeerHandler());
        using var cancel = new CancellationTokenSource();
        var cancelled = peer.RequestAsync(new byte[] { 1 }, Long, cancel.Token).AsTask();
        var timedOut = peer.RequestAsync(new byte[] { 2 }, Short).AsTask();
        var outside = peer.RequestAsync(new byte[] { 3 }, Short, BusPriority.Urgent).AsTask();
        Assert.Equal(2, peer.PendingMessages);
        await cancel.CancelAsync();
        Assert.Equal(cancel.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Within())).CancellationToken);
        Assert.Contains("did not leave", (await Assert.ThrowsAsync<CallTimeoutException>(() => timedOut.Within())).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<CallTimeoutException>(() => outside.Within());
        Assert.Equal(0, peer.PendingMessages);

        peer.Send(new byte[] { 4 });
        var component = new RecordingClientHandler();
        await using var client = BusPair.CreateClient(bus.Endpoints[0], "late", component);
        await client.ConnectAsync().Within();
        Assert.Equal(4, (await component.NextMessage().Within()).Payload.Span[0]);
        Assert.False(component.Cancellations.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_time_to_live_of_nothing_and_an_unknown_priority_are_refused()
    {
        await using var bus = BusPair.CreateBus("ipc://*");
        var peer = bus.Register(new ComponentId("one"), new RecordingPeerHandler());
        Assert.Throws<ArgumentOutOfRangeException>(() => peer.Send(new byte[1], new BusSendOptions { TimeToLive = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => peer.Send(new byte[1], (BusPriority)3));
        Assert.Equal(0, peer.PendingMessages);
    }

    [Fact]
    public async Task The_registry_lists_components_with_their_states()
    {
        await using var pair = await BusPair.StartAsync("ipc://*");
        var other = pair.Bus.Register(new ComponentId("two"), new RecordingPeerHandler());
        Assert.Equal(
            [("one", BusPeerState.Ready), ("two", BusPeerState.Awaited)],
            pair.Bus.Peers.Select(static peer => (peer.Id.Value, peer.State)).OrderBy(static peer => peer.Value));
        Assert.True(pair.Bus.TryGet(new ComponentId("two"), out var found));
        Assert.Same(other, found);
        await pair.Bus.UnregisterAsync(other.Id, "no longer needed");
        Assert.False(pair.Bus.TryGet(other.Id, out _));
        Assert.True(pair.Client.IsConnected);
    }
}
