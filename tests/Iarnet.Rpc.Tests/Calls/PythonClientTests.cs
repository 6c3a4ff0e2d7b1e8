using Iarnet.Rpc.Harness;

namespace Iarnet.Rpc.Calls;

/// <summary>grpcio as the client of our server. The scenarios stand in Python/echo_client.py.</summary>
public sealed class PythonClientTests
{
    private static readonly string[] Scenarios =
    [
        "unary", "unary_large", "unary_many", "client_stream", "server_stream", "server_stream_large", "duplex",
        "status_text", "status_after_messages", "server_ends_first", "handler_fault", "deadline", "metadata", "oversize",
        "unknown_method", "compressed",
    ];

    public static TheoryData<string, Transport> Everything()
    {
        var data = new TheoryData<string, Transport>();
        foreach (var scenario in Scenarios)
        {
            data.Add(scenario, Transport.Tcp);
            data.Add(scenario, Transport.Unix);
        }

        data.Add("unary", Transport.Tls);
        data.Add("duplex", Transport.Tls);
        data.Add("server_stream_large", Transport.Tls);
        return data;
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task Grpcio_finds_what_it_expects(string scenario, Transport transport)
    {
        await using var server = await EchoServer.StartAsync(transport, new RpcServerOptions { MaxSendMessageSize = 8 << 20 });
        await RunAsync(server, scenario);
    }

    [Theory]
    [InlineData(Transport.Tcp)]
    [InlineData(Transport.Unix)]
    public async Task A_cancel_of_grpcio_reaches_the_handler(Transport transport)
    {
        await using var server = await EchoServer.StartAsync(transport);
        await RunAsync(server, "cancel");
        Assert.Equal("/iarnet.rpc.tests.Echo/Expand", await server.Service.Cancelled.ReadAsync().AsTask().Within("the cancellation in the handler"));
    }

    private static async Task RunAsync(EchoServer server, string scenario)
    {
        using var folder = new TestFolder();
        string[] arguments = [server.PythonAddress, scenario];
        if (server.Certificate is { } certificate)
        {
            var root = folder.File("root.pem");
            await File.WriteAllTextAsync(root, certificate.ExportCertificatePem());
            arguments = [.. arguments, root];
        }

        await using var client = await PythonPeer.StartAsync("echo_client.py", arguments);
        await client.SucceedAsync($"the scenario {scenario}");
    }
}
