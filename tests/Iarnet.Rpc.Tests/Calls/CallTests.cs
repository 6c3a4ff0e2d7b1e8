using Google.Protobuf;
using Iarnet.Rpc.Harness;
using Iarnet.Rpc.Testing;

namespace Iarnet.Rpc.Calls;

/// <summary>What a client of ours sees, whoever the server is and whatever the bytes travel over.</summary>
public abstract partial class CallTests : IAsyncLifetime
{
    private IEchoPeer _peer = null!;
    private RpcChannel _channel = null!;

    private Echo.EchoClient Client { get; set; } = null!;

    public async Task InitializeAsync()
    {
        _peer = await StartAsync();
        _channel = _peer.Connect();
        Client = new Echo.EchoClient(_channel);
    }

    public async Task DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _peer.DisposeAsync();
    }

    private protected abstract Task<IEchoPeer> StartAsync();

    private static DateTime In(TimeSpan time) => TimeProvider.System.GetUtcNow().UtcDateTime + time;

    private static async Task<RpcException> FailsAsync(StatusCode code, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => call().Within($"the end with {code}"));
        Assert.True(code == error.StatusCode, $"Expected {code}, got {error.Status} {error.Status.DebugException}");
        return error;
    }

    [Fact]
    public async Task A_unary_call_brings_back_its_answer()
    {
        using var call = Client.UnaryAsync(new EchoRequest { Text = "grüß dich", Payload = ByteString.CopyFrom(0, 1, 2) }, deadline: In(Waiting.Patience));
        var reply = await call.ResponseAsync.Within("the reply");
        Assert.Equal("grüß dich", reply.Text);
        Assert.Equal(ByteString.CopyFrom(0, 1, 2), reply.Payload);
        Assert.True(reply.Deadline);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Empty(call.GetTrailers());
    }

    [Fact]
    public async Task An_empty_message_is_a_message()
    {
        var reply = await Client.UnaryAsync(new EchoRequest()).ResponseAsync.Within("the reply");
        Assert.Equal(new EchoReply { Count = 1 }, reply);
    }

    [Fact]
    public void A_blocking_call_brings_back_its_answer()
    {
        Assert.Equal("here", Client.Unary(new EchoRequest { Text = "here" }, deadline: In(Waiting.Patience)).Text);
        var error = Assert.Throws<RpcException>(() => Client.Unary(new EchoRequest { Status = 5, Text = "gone" }, deadline: In(Waiting.Patience)));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task A_message_larger_than_every_window_arrives_whole()
    {
        var payload = new byte[4_000_000];
        for (var i = 0; i < payload.Length; i++)
        {
            payload[i] = (byte)(i * 31 >> 3);
        }

        var reply = await Client.UnaryAsync(new EchoRequest { Payload = UnsafeByteOperations.UnsafeWrap(payload) }).ResponseAsync.Within("the reply");
        Assert.True(reply.Payload.Span.SequenceEqual(payload));
    }

    [Fact]
    public async Task Many_calls_share_the_connection()
    {
        var calls = Enumerable.Range(0, 300).Select(i => Client.UnaryAsync(new EchoRequest { Text = $"{i}" }).ResponseAsync).ToList();
        var replies = await Task.WhenAll(calls).Within("all replies");
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"{i}"), replies.Select(reply => reply.Text));
    }

    [Fact]
    public async Task A_client_stream_arrives_in_order()
    {
        using var call = Client.Collect();
        for (var i = 0; i < 100; i++)
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Text = $"{i}" }).Within("a write");
        }

        await call.RequestStream.CompleteAsync().Within("the end of the requests");
        var reply = await call.ResponseAsync.Within("the reply");
        Assert.Equal(100, reply.Count);
        Assert.Equal(string.Join(',', Enumerable.Range(0, 100)), reply.Text);
    }

    [Fact]
    public async Task A_client_stream_may_be_empty()
    {
        using var call = Client.Collect();
        await call.RequestStream.CompleteAsync().Within("the end of the requests");
        Assert.Equal(0, (await call.ResponseAsync.Within("the reply")).Count);
    }

    [Fact]
    public async Task A_server_stream_arrives_in_order()
    {
        using var call = Client.Expand(new EchoRequest { Count = 1000 });
        var counts = await CountsAsync(call).Within("all replies");
        Assert.Equal(Enumerable.Range(0, 1000), counts);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None).Within("the end, asked for again"));
    }

    [Fact]
    public async Task A_server_stream_of_large_messages_arrives_whole()
    {
        using var call = Client.Expand(new EchoRequest { Count = 24, ReplyBytes = 1 << 20 });
        var sizes = new List<int>();
        while (await call.ResponseStream.MoveNext(CancellationToken.None).Within("a reply"))
        {
            sizes.Add(call.ResponseStream.Current.Payload.Length);
        }

        Assert.Equal(Enumerable.Repeat(1 << 20, 24), sizes);
    }

    [Fact]
    public async Task A_duplex_stream_goes_back_and_forth()
    {
        using var call = Client.Chat();
        for (var i = 0; i < 50; i++)
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Text = $"{i}" }).Within("a write");
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).Within("a reply"));
            Assert.Equal($"{i}", call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync().Within("the end of the requests");
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None).Within("the end"));
    }

    private static async Task<List<int>> CountsAsync(AsyncServerStreamingCall<EchoReply> call)
    {
        var counts = new List<int>();
        await foreach (var reply in call.ResponseStream.ReadAllAsync())
        {
            counts.Add(reply.Count);
        }

        return counts;
    }
}
