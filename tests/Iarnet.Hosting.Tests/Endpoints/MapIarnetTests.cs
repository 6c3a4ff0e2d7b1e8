using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Iarnet.Hosting.Tests.Harness;
using Iarnet.Rpc;
using Iarnet.Store;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Iarnet.Hosting.Tests.Endpoints;

public sealed class MapIarnetTests : IDisposable
{
    private const string RemoteHeader = "x-test-remote";
    private readonly NodeFolders _folders = new();

    public void Dispose()
    {
        _folders.AssertEmpty();
        _folders.Dispose();
    }

    [Fact]
    public async Task The_node_and_its_components_are_shown_as_JSON()
    {
        await using var app = await StartAsync(node => node.AddProcessProvider());
        using var client = Client();
        await using (var session = app.Services.GetRequiredService<DagEngine>().OpenSession("shown"))
        {
            await session.Call(Work.Square, 3).Within("a call");

            var node = await ReadAsync(client, "/iarnet/v1/node");
            var components = await ReadAsync(client, "/iarnet/v1/components");

            Assert.Equal(app.Services.GetRequiredService<IarnetNode>().Id.Value, node.GetProperty("id").GetString());
            Assert.Equal("process", node.GetProperty("providers")[0].GetProperty("id").GetString());
            Assert.True(node.GetProperty("providers")[0].GetProperty("total").GetProperty("cpuMillicores").GetInt64() > 0);
            var ready = components.EnumerateArray().First(component => component.GetProperty("ready").GetBoolean());
            Assert.Equal("dotnet", ready.GetProperty("runtime").GetString());
            Assert.Contains(ready.GetProperty("processId").GetInt32(), _folders.Workers());
        }

        await app.StopAsync().Within("the stop of the application");
    }

    [Fact]
    public async Task The_store_is_served_over_gRPC()
    {
        await using var app = await StartAsync();
        await using (var channel = RpcChannel.ForAddress($"unix://{_folders.Named("app")}"))
        {
            await using var client = await StoreClient.ConnectAsync(channel, new StoreClientOptions { Owner = "test" }).Within("a client of the store");
            var bytes = new byte[300_000];
            new SeededRandom(2).NextBytes(bytes);

            var reference = await client.PutAsync(bytes, "raw").Within("a put");
            using var lease = await client.GetAsync(reference, CancellationToken.None).Within("a get");

            Assert.True(lease.Span.SequenceEqual(bytes));
            Assert.True(app.Services.GetRequiredService<ObjectStore>().Contains(reference));
        }

        await app.StopAsync().Within("the stop of the application");
    }

    [Theory]
    [InlineData("192.0.2.1", HttpStatusCode.Forbidden)]
    [InlineData("2001:db8::1", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("::ffff:127.0.0.1", HttpStatusCode.OK)]
    [InlineData("::1", HttpStatusCode.OK)]
    public async Task Without_authorization_only_this_machine_is_answered(string remote, HttpStatusCode expected)
    {
        await using var app = await StartAsync();
        using var client = Client(remote);

        foreach (var path in new[] { "/iarnet/v1/node", "/iarnet/v1/components" })
        {
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative)).Within("an answer");
            Assert.Equal(expected, answer.StatusCode);
        }

        using var call = new HttpRequestMessage(HttpMethod.Post, "/iarnet.store.v1.ObjectStore/Hello") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent([]) };
        call.Content.Headers.ContentType = new("application/grpc");
        using var refused = await client.SendAsync(call).Within("an answer to a call");
        Assert.Equal(expected == HttpStatusCode.Forbidden, refused.StatusCode == HttpStatusCode.Forbidden);
        await app.StopAsync().Within("the stop of the application");
    }

    [Fact]
    public async Task With_authorization_who_is_allowed_is_answered_from_anywhere()
    {
        await using var app = await StartAsync(map: endpoints => endpoints.RequireAuthorization());
        using var client = Client("192.0.2.1");

        using var stranger = await client.GetAsync(new Uri("/iarnet/v1/node", UriKind.Relative)).Within("an answer");
        client.DefaultRequestHeaders.Add(NamedUser.Header, "somebody");
        using var known = await client.GetAsync(new Uri("/iarnet/v1/node", UriKind.Relative)).Within("an answer");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (stranger.StatusCode, known.StatusCode));
        await app.StopAsync().Within("the stop of the application");
    }

    [Fact]
    public async Task Authorization_that_is_lifted_again_does_not_open_the_node()
    {
        await using var app = await StartAsync(map: endpoints => endpoints.RequireAuthorization().AllowAnonymous());
        using var client = Client("192.0.2.1");

        using var answer = await client.GetAsync(new Uri("/iarnet/v1/node", UriKind.Relative)).Within("an answer");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        await app.StopAsync().Within("the stop of the application");
    }

    [Fact]
    public async Task A_node_that_is_told_to_be_open_answers_everybody()
    {
        await using var app = await StartAsync(node => node.Configure(options => options.AllowInsecure = true));
        using var client = Client("192.0.2.1");

        using var answer = await client.GetAsync(new Uri("/iarnet/v1/node", UriKind.Relative)).Within("an answer");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await app.StopAsync().Within("the stop of the application");
    }

    /// <summary>An application on a Unix socket; requests may say from where they come.</summary>
    private async Task<WebApplication> StartAsync(Action<IIarnetBuilder>? configure = null, Action<IEndpointConventionBuilder>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(_folders.Named("app"), listen => listen.Protocols = HttpProtocols.Http2));
        builder.AddIarnet(node =>
        {
            node.Configure(_folders.Apply).Configure(options => options.DefaultReplicas = 1);
            configure?.Invoke(node);
        });
        builder.Services.AddAuthentication(NamedUser.Scheme).AddScheme<AuthenticationSchemeOptions, NamedUser>(NamedUser.Scheme, null);
        builder.Services.AddAuthorization();
        var app = builder.Build();
        app.Use((http, next) =>
        {
            http.Connection.RemoteIpAddress = http.Request.Headers.TryGetValue(RemoteHeader, out var remote) ? IPAddress.Parse(remote.ToString()) : null;
            return next(http);
        });
        app.UseAuthentication();
        app.UseAuthorization();
        var endpoints = app.MapIarnet();
        map?.Invoke(endpoints);
        await app.StartAsync().Within("the start of the application");
        return app;
    }

    private HttpClient Client(string? remote = null)
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(_folders.Named("app")), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        {
            BaseAddress = new Uri("http://localhost"),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (remote is not null)
        {
            client.DefaultRequestHeaders.Add(RemoteHeader, remote);
        }

        return client;
    }

    private static async Task<JsonElement> ReadAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative)).Within("an answer");
        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }
}
