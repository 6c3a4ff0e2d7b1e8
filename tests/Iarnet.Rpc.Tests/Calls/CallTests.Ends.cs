using Iarnet.Rpc.Harness;
using Iarnet.Rpc.Testing;

namespace Iarnet.Rpc.Calls;

/// <content>How calls end when they do not end well, and what metadata travels.</content>
public abstract partial class CallTests
{
    private const string Strange = "nicht da: größe 100 %\n零";

    [Fact]
    public async Task A_status_comes_with_its_text_in_every_kind_of_call()
    {
        var request = new EchoRequest { Status = (int)StatusCode.NotFound, Text = Strange };
        var ends = new[]
        {
            await FailsAsync(StatusCode.NotFound, () => Client.UnaryAsync(request).ResponseAsync),
            await FailsAsync(StatusCode.NotFound, () => CountsAsync(Client.Expand(request))),
            await FailsAsync(StatusCode.NotFound, () => CollectAsync(request)),
            await FailsAsync(StatusCode.NotFound, () => ChatAsync(request)),
        };
        Assert.All(ends, end => Assert.Equal(Strange, end.Status.Detail));
    }

    [Theory]
    [InlineData(StatusCode.Cancelled)]
    [InlineData(StatusCode.Unknown)]
    [InlineData(StatusCode.InvalidArgument)]
    [InlineData(StatusCode.DeadlineExceeded)]
    [InlineData(StatusCode.AlreadyExists)]
    [InlineData(StatusCode.PermissionDenied)]
    [InlineData(StatusCode.ResourceExhausted)]
    [InlineData(StatusCode.FailedPrecondition)]
    [InlineData(StatusCode.Aborted)]
    [InlineData(StatusCode.OutOfRange)]
    [InlineData(StatusCode.Unimplemented)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.Unavailable)]
    [InlineData(StatusCode.DataLoss)]
    [InlineData(StatusCode.Unauthenticated)]
    public async Task Every_code_arrives_as_it_was_sent(StatusCode code)
    {
        var error = await FailsAsync(code, () => Client.UnaryAsync(new EchoRequest { Status = (int)code, Text = $"{code}" }).ResponseAsync);
        Assert.Equal($"{code}", error.Status.Detail);
    }

    [Fact]
    public async Task A_status_after_messages_comes_after_them()
    {
        using var call = Client.Expand(new EchoRequest { Count = 3, Status = (int)StatusCode.FailedPrecondition, Text = "später" });
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).Within("a reply"));
        }

        var error = await FailsAsync(StatusCode.FailedPrecondition, () => call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal("später", error.Status.Detail);
        Assert.Equal(StatusCode.FailedPrecondition, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_writer_learns_why_the_server_ended_the_call()
    {
        using var call = Client.Collect();
        await call.RequestStream.WriteAsync(new EchoRequest { Status = (int)StatusCode.Aborted, Text = "genug" }).Within("the first write");
        await FailsAsync(StatusCode.Aborted, () => call.ResponseAsync);
        var error = await FailsAsync(StatusCode.Aborted, () => call.RequestStream.WriteAsync(new EchoRequest()));
        Assert.Equal("genug", error.Status.Detail);
    }

    [Fact]
    public async Task A_fault_of_the_handler_is_unknown()
    {
        await FailsAsync(StatusCode.Unknown, () => Client.UnaryAsync(new EchoRequest { Fault = true }).ResponseAsync);
        await FailsAsync(StatusCode.Unknown, () => CountsAsync(Client.Expand(new EchoRequest { Fault = true, Count = 2 })));
    }

    [Fact]
    public async Task A_method_that_the_server_does_not_know_is_unimplemented()
    {
        await FailsAsync(StatusCode.Unimplemented, () => Client.NowhereAsync(new EchoRequest()).ResponseAsync);
    }

    [Fact]
    public async Task A_deadline_ends_every_kind_of_call_on_both_sides()
    {
        // The client's clock stands until every handler waits. The server's does not, but for it the deadline is far away: it learns of the end from the client.
        var time = new ManualTime();
        var ahead = 2 * Waiting.Patience;
        await using var channel = _peer.Connect(time);
        var client = new Echo.EchoClient(channel);
        var request = new EchoRequest { Wait = true, Mirror = true };
        var deadline = time.GetUtcNow().UtcDateTime + ahead;
        using var unary = client.UnaryAsync(request, deadline: deadline);
        using var expand = client.Expand(request, deadline: deadline);
        using var collect = client.Collect(deadline: deadline);
        using var chat = client.Chat(deadline: deadline);
        await collect.RequestStream.WriteAsync(request).Within("the write");
        await chat.RequestStream.WriteAsync(request).Within("the write");
        await Task.WhenAll(unary.ResponseHeadersAsync, expand.ResponseHeadersAsync, collect.ResponseHeadersAsync, chat.ResponseHeadersAsync)
            .Within("the headers, sent before the handlers wait");

        time.Advance(ahead);
        await FailsAsync(StatusCode.DeadlineExceeded, () => unary.ResponseAsync);
        await FailsAsync(StatusCode.DeadlineExceeded, () => expand.ResponseStream.MoveNext(CancellationToken.None));
        await FailsAsync(StatusCode.DeadlineExceeded, () => collect.ResponseAsync);
        await FailsAsync(StatusCode.DeadlineExceeded, () => chat.ResponseStream.MoveNext(CancellationToken.None));
        for (var i = 0; i < 4; i++)
        {
            await _peer.CancelledAsync();
        }
    }

    [Fact]
    public async Task A_deadline_that_is_over_ends_the_call_before_it_is_sent()
    {
        await FailsAsync(StatusCode.DeadlineExceeded, () => Client.UnaryAsync(new EchoRequest(), deadline: In(TimeSpan.FromSeconds(-1))).ResponseAsync);
    }

    [Fact]
    public async Task A_cancelled_token_ends_a_unary_call_on_both_sides()
    {
        using var source = new CancellationTokenSource();
        using var begun = Client.Chat();
        await begun.RequestStream.WriteAsync(new EchoRequest()).Within("the connection");
        using var call = Client.UnaryAsync(new EchoRequest { Wait = true, Mirror = true }, cancellationToken: source.Token);
        await call.ResponseHeadersAsync.Within("the headers, sent before the handler waits");
        await source.CancelAsync();
        await FailsAsync(StatusCode.Cancelled, () => call.ResponseAsync);
        await _peer.CancelledAsync();
    }

    [Fact]
    public async Task A_disposed_call_is_cancelled_on_the_server()
    {
        var call = Client.Expand(new EchoRequest { Wait = true, Count = 1 });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).Within("the first reply"));
        call.Dispose();
        await _peer.CancelledAsync();
        await FailsAsync(StatusCode.Cancelled, () => call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_cancelled_read_cancels_a_duplex_call()
    {
        using var call = Client.Chat();
        await call.RequestStream.WriteAsync(new EchoRequest { Wait = true, Mirror = true }).Within("the write");
        await call.ResponseHeadersAsync.Within("the headers, sent before the handler waits");
        using var source = new CancellationTokenSource();
        var reading = call.ResponseStream.MoveNext(source.Token);
        await source.CancelAsync();
        await FailsAsync(StatusCode.Cancelled, () => reading);
        await _peer.CancelledAsync();
        await FailsAsync(StatusCode.Cancelled, () => call.RequestStream.WriteAsync(new EchoRequest()));
    }

    [Fact]
    public async Task Messages_over_a_limit_are_refused_by_either_side()
    {
        var tooMuch = new EchoRequest { Payload = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(new byte[(4 << 20) + 1]) };
        await FailsAsync(StatusCode.ResourceExhausted, () => Client.UnaryAsync(tooMuch).ResponseAsync);
        await FailsAsync(StatusCode.ResourceExhausted, () => CollectAsync(tooMuch));
        await FailsAsync(StatusCode.ResourceExhausted, () => Client.UnaryAsync(new EchoRequest { ReplyBytes = (8 << 20) + 1 }).ResponseAsync);
        await FailsAsync(StatusCode.ResourceExhausted, () => CountsAsync(Client.Expand(new EchoRequest { Count = 2, ReplyBytes = (8 << 20) + 1 })));
        Assert.Equal(7 << 20, (await Client.UnaryAsync(new EchoRequest { ReplyBytes = 7 << 20 }).ResponseAsync.Within("a reply below the limit")).Payload.Length);
    }

    [Fact]
    public async Task Metadata_travels_as_headers_and_trailers()
    {
        var bytes = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        var sent = new Metadata { { "X-Text", "some text" }, { "x-bytes-bin", bytes } };
        using var unary = Client.UnaryAsync(new EchoRequest { Mirror = true }, sent);
        await unary.ResponseAsync.Within("the reply");
        Check(await unary.ResponseHeadersAsync.Within("the headers"), unary.GetTrailers());

        using var stream = Client.Expand(new EchoRequest { Mirror = true, Count = 1 }, sent);
        await CountsAsync(stream).Within("the replies");
        Check(await stream.ResponseHeadersAsync.Within("the headers"), stream.GetTrailers());

        var error = await FailsAsync(StatusCode.Aborted, () => Client.UnaryAsync(new EchoRequest { Mirror = true, Status = (int)StatusCode.Aborted }, sent).ResponseAsync);
        Assert.Equal("some text", error.Trailers.GetValue("trailer-x-text"));
        Assert.Equal(bytes, error.Trailers.GetValueBytes("trailer-x-bytes-bin"));

        void Check(Metadata headers, Metadata trailers)
        {
            Assert.Equal("some text", headers.GetValue("x-text"));
            Assert.Equal(bytes, headers.GetValueBytes("x-bytes-bin"));
            Assert.Equal("some text", trailers.GetValue("trailer-x-text"));
            Assert.Equal(bytes, trailers.GetValueBytes("trailer-x-bytes-bin"));
        }
    }

    private async Task CollectAsync(EchoRequest request)
    {
        using var call = Client.Collect();
        await call.RequestStream.WriteAsync(request);
        await call.ResponseAsync;
    }

    private async Task ChatAsync(EchoRequest request)
    {
        using var call = Client.Chat();
        await call.RequestStream.WriteAsync(request);
        await call.ResponseStream.MoveNext(CancellationToken.None);
    }
}
