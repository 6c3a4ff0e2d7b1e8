using System.Text;

namespace Iarnet.Bus.Tests.Components;

public sealed class RequestTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_request_without_reply_times_out_and_the_component_is_told()
    {
        await using var pair = await BusPair.StartAsync("ipc://*");
        var error = await Assert.ThrowsAsync<CallTimeoutException>(() => pair.Peer.RequestAsync(new byte[1], TimeSpan.FromMilliseconds(50)).Within());
        Assert.Contains("component 'one'", error.Message, StringComparison.Ordinal);
        var asked = await pair.Component.NextMessage().Within();
        Assert.Equal(BusMessageKind.Request, asked.Kind);
        Assert.Equal(asked.Correlation, await pair.Component.Cancellations.Reader.ReadAsync().Within());

        // The reply comes too late; nobody is hurt, and the next request is answered.
        pair.Client.Reply(asked, new byte[] { 1 });
        pair.Component.OnMessage = static (client, message) => client.Reply(message, new byte[] { 2 });
        Assert.Equal(2, (await pair.Peer.RequestAsync(new byte[1], Long).Within()).Span[0]);
    }

    [Fact]
    public async Task A_cancelled_request_ends_at_once_and_the_engine_is_told_when_the_component_asked()
    {
        await using var pair = await BusPair.StartAsync("tcp://127.0.0.1:0");
        using var cancel = new CancellationTokenSource();
        var request = pair.Client.RequestAsync(new byte[1], Long, cancel.Token);
        var asked = await pair.Engine.NextMessage().Within();
        await cancel.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request.Within());
        Assert.Equal(cancel.Token, error.CancellationToken);
        Assert.Equal(asked.Correlation, await pair.Engine.Cancellations.Reader.ReadAsync().Within());
    }

    [Fact]
    public async Task A_fault_reaches_the_caller_with_its_text()
    {
        await using var pair = await BusPair.StartAsync("ipc://*");
        pair.Engine.OnMessage = static (peer, message) => peer.Fault(message, "no such thing: ä");
        var error = await Assert.ThrowsAsync<RequestFailedException>(() => pair.Client.RequestAsync(new byte[1], Long).Within());
        Assert.Contains("no such thing: ä", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_throws_answers_the_request_with_a_fault_and_the_bus_goes_on()
    {
        await using var pair = await BusPair.StartAsync("ipc://*");
        pair.Component.OnMessage = static (_, _) => throw new FormatException("broken handler");
        var error = await Assert.ThrowsAsync<RequestFailedException>(() => pair.Peer.RequestAsync(new byte[1], Long).Within());
        Assert.Contains("broken handler", error.Message, StringComparison.Ordinal);
        pair.Component.OnMessage = static (client, message) => client.Reply(message, message.Payload.ToArray());
        Assert.Equal(1, (await pair.Peer.RequestAsync(new byte[1], Long).Within()).Length);
    }

    [Fact]
    public async Task Two_hundred_requests_at_once_are_each_answered_with_their_own_reply()
    {
        await using var pair = await BusPair.StartAsync("ipc://*");
        pair.Component.OnMessage = static (client, message) =>
        {
            // In another order than they came, from other threads.
            var kept = message.Retain();
            _ = Task.Run(() => client.Reply(kept, kept.Payload));
        };
        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => pair.Peer.RequestAsync(BitConverter.GetBytes(i), Long).AsTask())).Within();
        Assert.Equal(Enumerable.Range(0, 200), replies.Select(static reply => BitConverter.ToInt32(reply.Span)));
    }

    [Fact]
    public async Task A_request_fails_when_the_component_is_unregistered()
    {
        await using var pair = await BusPair.StartAsync("ipc://*");
        var request = pair.Peer.RequestAsync(new byte[1], Long);
        await pair.Component.NextMessage().Within();
        await pair.Bus.UnregisterAsync(pair.Peer.Id, "no longer needed").Within();
        Assert.Contains("no longer needed", (await Assert.ThrowsAsync<ComponentLostException>(() => request.Within())).Message, StringComparison.Ordinal);
        Assert.Contains("no longer needed", await pair.Client.Completion.Within(), StringComparison.Ordinal);
        Assert.Throws<ComponentLostException>(() => pair.Client.Send(Encoding.UTF8.GetBytes("late")));
    }
}
