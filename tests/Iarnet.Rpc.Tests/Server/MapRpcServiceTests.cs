using System.Net;
using System.Net.Http.Headers;
using Iarnet.Rpc.Harness;
using Iarnet.Rpc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Iarnet.Rpc.Server;

public sealed class MapRpcServiceTests : IAsyncLifetime
{
    private readonly WebApplication _app = Build();

    private string Address => _app.Urls.Single();

    public async Task InitializeAsync()
    {
        _app.MapRpcService(Echo.BindService(new EchoService()), new RpcServerOptions { MaxReceiveMessageSize = 1000 });
        await _app.StartAsync().Within("the start of the application");
    }

    public async Task DisposeAsync() => await _app.DisposeAsync().AsTask().Within("the stop of the application");

    [Fact]
    public async Task An_application_serves_every_kind_of_call()
    {
        await using var channel = RpcChannel.ForAddress(Address);
        var client = new Echo.EchoClient(channel);
        Assert.Equal("here", (await client.UnaryAsync(new EchoRequest { Text = "here" }).ResponseAsync.Within("a unary call")).Text);
        using var chat = client.Chat();
        await chat.RequestStream.WriteAsync(new EchoRequest { Text = "there" }).Within("a write");
        Assert.True(await chat.ResponseStream.MoveNext(CancellationToken.None).Within("a reply"));
        await chat.RequestStream.CompleteAsync();
        Assert.False(await chat.ResponseStream.MoveNext(CancellationToken.None).Within("the end"));
        var error = await Assert.ThrowsAsync<RpcException>(() => client.UnaryAsync(new EchoRequest { Text = new string('a', 1001) }).ResponseAsync.Within("the refusal"));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    [Fact]
    public async Task What_is_not_grpc_is_refused_in_the_words_of_http()
    {
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var content = new StringContent("{}", new MediaTypeHeaderValue("application/json"));
        using var reply = await http.PostAsync(new Uri(Address + "/iarnet.rpc.tests.Echo/Unary"), content).Within("the answer");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, reply.StatusCode);
    }

    [Fact]
    public async Task A_path_that_the_application_does_not_know_is_unimplemented_to_a_client()
    {
        await using var channel = RpcChannel.ForAddress(Address);
        var error = await Assert.ThrowsAsync<RpcException>(() => channel.CreateCallInvoker().AsyncUnaryCall(
            new Method<string, string>(MethodType.Unary, "nobody.Knows", "This", Texts, Texts), null, default, "text").ResponseAsync.Within("the refusal"));
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
    }

    private static Marshaller<string> Texts { get; } = Marshallers.Create<string>(
        (text, context) => context.Complete(System.Text.Encoding.UTF8.GetBytes(text)),
        context => System.Text.Encoding.UTF8.GetString(context.PayloadAsNewBuffer()));

    private static WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        return builder.Build();
    }
}
