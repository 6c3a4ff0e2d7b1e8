using Google.Protobuf;
using Iarnet.Rpc.Harness;
using Iarnet.Rpc.Testing;

namespace Iarnet.Rpc.Calls;

/// <summary>Requests that the server does not read to their end: the call ends with the status, and its connection serves on.</summary>
public sealed class RefusedUploadTests
{
    [Theory]
    [InlineData(Transport.Tcp)]
    [InlineData(Transport.Unix)]
    [InlineData(Transport.Tls)]
    public async Task A_connection_survives_any_number_of_refused_requests(Transport transport)
    {
        await using var server = await EchoServer.StartAsync(transport);
        await using var channel = server.Connect();
        var client = new Echo.EchoClient(channel);

        // More than the window of a stream; two of them are more than the window of the connection.
        var tooMuch = new EchoRequest { Payload = UnsafeByteOperations.UnsafeWrap(new byte[(4 << 20) + 1]) };
        for (var i = 0; i < 25; i++)
        {
            await RefusedAsync(() => client.UnaryAsync(tooMuch).ResponseAsync);
            using var call = client.Collect();
            await RefusedAsync(() => call.RequestStream.WriteAsync(tooMuch));
            await RefusedAsync(() => call.ResponseAsync);
        }

        Assert.Equal("on", (await client.UnaryAsync(new EchoRequest { Text = "on" }).ResponseAsync.Within("a reply after the refusals")).Text);
    }

    [Fact]
    public async Task A_write_that_is_stuck_ends_with_the_call()
    {
        await using var server = new EarlyEnd();
        await using var channel = RpcChannel.ForAddress(server.Address);
        using var call = new Echo.EchoClient(channel).Collect();
        var writing = call.RequestStream.WriteAsync(new EchoRequest { Payload = UnsafeByteOperations.UnsafeWrap(new byte[2 * EarlyEnd.Window]) });
        await RefusedAsync(() => call.ResponseAsync);

        // Only now does the server take the bytes: the write gets as far as its window, and more room never comes.
        server.ReadOn();
        await RefusedAsync(() => writing);
        await RefusedAsync(() => call.RequestStream.WriteAsync(new EchoRequest()));
    }

    [Fact]
    public async Task The_requests_are_not_completed_while_one_is_written()
    {
        await using var server = await EchoServer.StartAsync();
        await using var channel = server.Connect();
        using var call = new Echo.EchoClient(channel).Collect();
        await call.RequestStream.WriteAsync(new EchoRequest { Wait = true }).Within("the first write");

        // The handler waits and reads no more: this is more than the window of the stream takes.
        var writing = call.RequestStream.WriteAsync(new EchoRequest { Payload = UnsafeByteOperations.UnsafeWrap(new byte[4 << 20]) });
        await Assert.ThrowsAsync<InvalidOperationException>(call.RequestStream.CompleteAsync);
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new EchoRequest()).Within("the refusal of a second write"));
        call.Dispose();
        var error = await Assert.ThrowsAsync<RpcException>(() => writing.Within("the end of the write"));
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
    }

    private static async Task RefusedAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => call().Within("the refusal"));
        Assert.True(error.StatusCode == StatusCode.ResourceExhausted, $"Expected a refusal, got {error.Status} {error.Status.DebugException}");
    }
}
