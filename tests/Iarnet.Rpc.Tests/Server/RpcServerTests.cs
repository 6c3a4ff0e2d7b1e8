using System.Net;
using System.Net.Sockets;
using Iarnet.Rpc.Harness;
using Iarnet.Rpc.Testing;

namespace Iarnet.Rpc.Server;

public sealed class RpcServerTests
{
    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    public static TheoryData<string, byte[]> Garbage()
    {
        var random = new byte[64 << 10];
        new Random(7).NextBytes(random);
        return new TheoryData<string, byte[]>
        {
            { "an HTTP/1.1 request", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray() },
            { "random bytes", random },
            { "random bytes after the preface", [.. Preface, .. random] },
            { "a frame of 16 MiB", [.. Preface, 0xff, 0xff, 0xff, 4, 0, 0, 0, 0, 0] },
            { "zeros", new byte[10_000] },
        };
    }

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Garbage_ends_its_own_connection_and_no_other(string what, byte[] bytes)
    {
        await using var server = await EchoServer.StartAsync();
        await using var channel = server.Connect();
        var client = new Echo.EchoClient(channel);
        using var chat = client.Chat();
        await chat.RequestStream.WriteAsync(new EchoRequest { Text = "before" }).Within("the write before");
        Assert.True(await chat.ResponseStream.MoveNext(CancellationToken.None).Within("the reply before"));

        using var socket = await DialAsync(server);
        await socket.SendAsync(bytes).Within($"sending {what}");
        Assert.True(await ReadToEndAsync(socket).Within($"the end of the connection with {what}") >= 0);

        await chat.RequestStream.WriteAsync(new EchoRequest { Text = "after" }).Within("the write after");
        Assert.True(await chat.ResponseStream.MoveNext(CancellationToken.None).Within("the reply after"));
        Assert.Equal("new", (await client.UnaryAsync(new EchoRequest { Text = "new" }).ResponseAsync.Within("a new call")).Text);
    }

    [Fact]
    public async Task Half_open_connections_hold_up_neither_calls_nor_the_stop()
    {
        var server = await EchoServer.StartAsync(options: Quick());
        await using var channel = server.Connect();
        using var silent = await DialAsync(server);
        using var begun = await DialAsync(server);
        await begun.SendAsync(Preface.AsMemory(0, 10)).AsTask().Within("half a preface");
        Assert.Equal("here", (await new Echo.EchoClient(channel).UnaryAsync(new EchoRequest { Text = "here" }).ResponseAsync.Within("a call")).Text);
        await server.DisposeAsync();
        await ReadToEndAsync(silent).Within("the end of the silent connection");
    }

    [Fact]
    public async Task A_stop_lets_running_calls_end()
    {
        await using var server = await EchoServer.StartAsync(options: new RpcServerOptions { DrainTime = Waiting.Patience });
        await using var channel = server.Connect();
        using var chat = new Echo.EchoClient(channel).Chat();
        await chat.RequestStream.WriteAsync(new EchoRequest()).Within("the first write");
        Assert.True(await chat.ResponseStream.MoveNext(CancellationToken.None).Within("the first reply"));
        var stop = server.Server.StopAsync();
        await chat.RequestStream.WriteAsync(new EchoRequest { Text = "still" }).Within("a write while the server stops");
        Assert.True(await chat.ResponseStream.MoveNext(CancellationToken.None).Within("a reply while the server stops"));
        Assert.Equal("still", chat.ResponseStream.Current.Text);
        Assert.False(stop.IsCompleted);
        await chat.RequestStream.CompleteAsync().Within("the end of the requests");
        Assert.False(await chat.ResponseStream.MoveNext(CancellationToken.None).Within("the end of the call"));
        await stop.Within("the stop, since no call runs any more");
    }

    [Fact]
    public async Task A_stop_cancels_calls_that_go_on_and_they_end_as_unavailable()
    {
        await using var server = await EchoServer.StartAsync(options: Quick());
        await using var channel = server.Connect();
        using var call = new Echo.EchoClient(channel).Expand(new EchoRequest { Count = 1, Wait = true });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).Within("the first reply"));
        await server.Server.StopAsync().Within("the stop");
        Assert.Equal("/iarnet.rpc.tests.Echo/Expand", await server.Service.Cancelled.ReadAsync().AsTask().Within("the cancellation in the handler"));
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None).Within("the end of the call"));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
    }

    [Fact]
    public async Task A_stop_returns_though_a_handler_never_does()
    {
        await using var server = await EchoServer.StartAsync(options: Quick());
        server.Service.DeafUntil = new TaskCompletionSource();
        await using var channel = server.Connect();
        using var call = new Echo.EchoClient(channel).Expand(new EchoRequest { Count = 1, Wait = true });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).Within("the first reply"));
        await server.Server.StopAsync().Within("the stop");
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None).Within("the end of the call"));
        server.Service.DeafUntil.SetResult();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_deadline_ends_the_call_though_the_handler_goes_on(int messages)
    {
        await using var server = await EchoServer.StartAsync();
        server.Service.DeafUntil = new TaskCompletionSource();

        // A client without a timer of its own: only the server can end this call.
        await using var channel = server.Connect();
        using var call = new Echo.EchoClient(channel).Expand(new EchoRequest { Count = messages, Wait = true }, new Metadata { { "grpc-timeout", "200m" } });
        for (var i = 0; i < messages; i++)
        {
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).Within("a reply"));
        }

        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None).Within("the end by the deadline of the server"));
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        server.Service.DeafUntil.SetResult();
        Assert.Equal("on", (await new Echo.EchoClient(channel).UnaryAsync(new EchoRequest { Text = "on" }).ResponseAsync.Within("another call")).Text);
    }

    [Theory]
    [InlineData(false, "Exception was thrown by handler.")]
    [InlineData(true, "Exception was thrown by handler. FormatException: secret")]
    public async Task The_text_of_an_exception_travels_only_when_it_may(bool include, string text)
    {
        await using var server = await EchoServer.StartAsync(options: new RpcServerOptions { IncludeExceptionDetails = include });
        await using var channel = server.Connect();
        var error = await Assert.ThrowsAsync<RpcException>(() => new Echo.EchoClient(channel).UnaryAsync(new EchoRequest { Fault = true }).ResponseAsync.Within("the end"));
        Assert.Equal(text, error.Status.Detail);
    }

    [Fact]
    public async Task A_client_finds_a_server_that_came_back()
    {
        using var folder = new TestFolder();
        var address = "unix://" + folder.File("s");
        await using var channel = RpcChannel.ForAddress(address);
        var client = new Echo.EchoClient(channel);
        var error = await Assert.ThrowsAsync<RpcException>(() => client.UnaryAsync(new EchoRequest()).ResponseAsync.Within("the end of a call to nobody"));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        for (var i = 0; i < 2; i++)
        {
            await using var server = new RpcServer().AddService(Echo.BindService(new EchoService())).Listen(address);
            await server.StartAsync().Within("the start");
            Assert.Equal([address], server.Addresses);
            await client.UnaryAsync(new EchoRequest()).ResponseAsync.Within("a call");
        }

        Assert.False(File.Exists(folder.File("s")));
    }

    [Fact]
    public async Task A_stale_socket_is_replaced_and_a_live_one_or_a_file_is_not()
    {
        using var folder = new TestFolder();
        var path = folder.File("s");
        using (var stale = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            stale.Bind(new UnixDomainSocketEndPoint(path));
        }

        await using var first = new RpcServer().Listen("unix://" + path);
        await first.StartAsync().Within("the start over a stale socket");
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        await using var second = new RpcServer().Listen("unix://" + path);
        await Assert.ThrowsAsync<IOException>(() => second.StartAsync().Within("the refusal"));
        await File.WriteAllTextAsync(folder.File("f"), "text");
        await using var third = new RpcServer().Listen("unix://" + folder.File("f"));
        await Assert.ThrowsAsync<IOException>(() => third.StartAsync().Within("the refusal"));
        Assert.Equal("text", await File.ReadAllTextAsync(folder.File("f")));
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://192.0.2.1:80")]
    public async Task Plain_text_beyond_this_machine_must_be_allowed(string address)
    {
        await using var server = new RpcServer();
        Assert.Throws<InvalidOperationException>(() => server.Listen(address));
        await using var allowed = new RpcServer(new RpcServerOptions { AllowInsecure = true });
        allowed.Listen(address);
    }

    private static RpcServerOptions Quick() => new() { DrainTime = TimeSpan.FromMilliseconds(100), StopTimeout = TimeSpan.FromMilliseconds(500) };

    private static async Task<Socket> DialAsync(EchoServer server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(server.Address).Port).Within("a raw connection");
        return socket;
    }

    private static async Task<int> ReadToEndAsync(Socket socket)
    {
        var buffer = new byte[4096];
        var total = 0;
        try
        {
            for (int read; (read = await socket.ReceiveAsync(buffer)) > 0;)
            {
                total += read;
            }
        }
        catch (SocketException)
        {
            // A reset is an end, too.
        }

        return total;
    }
}
