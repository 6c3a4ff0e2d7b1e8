using Iarnet.SystemTests.Harness;

namespace Iarnet.SystemTests.Bus;

public sealed class BusSampleTests
{
    private const int Interrupt = 2;

    [Theory]
    [InlineData]
    [InlineData("--curve")]
    public async Task Without_a_mode_it_shows_a_server_and_clients_in_other_processes(params string[] options)
    {
        await using var running = Start(options);

        Assert.True(await running.EndedAsync() == 0, running.Output);
        Assert.Contains("ada: the server says 'HELLO FROM ADA'", running.Output, StringComparison.Ordinal);
        Assert.Contains("server: grace connected", running.Output, StringComparison.Ordinal);
        Assert.Contains("both clients are content", running.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ipc")]
    [InlineData("tcp")]
    public async Task A_server_answers_clients_until_it_is_interrupted(string transport)
    {
        await using var server = Start("server", transport == "tcp" ? "tcp://127.0.0.1:0" : "ipc://*");
        await server.SaysAsync("listens on");
        var endpoint = server.Output.Split("listens on ")[1].Split('\n')[0].Trim();

        // Four at a time: each has its own answers.
        var clients = Enumerable.Range(1, 4).Select(i => Start("client", endpoint, "--name", $"c{i}")).ToList();
        foreach (var client in clients)
        {
            await using (client)
            {
                Assert.True(await client.EndedAsync() == 0, client.Output);
                Assert.Contains("every answer was right", client.Output, StringComparison.Ordinal);
            }
        }

        server.Signal(Interrupt);
        Assert.True(await server.EndedAsync() == 0, server.Output);
        Assert.Contains("server: ends", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_with_the_key_of_another_server_is_not_answered_and_says_so()
    {
        await using var server = Start("server", "ipc://*", "--curve");
        await server.SaysAsync("clients need");
        var endpoint = server.Output.Split("listens on ")[1].Split('\n')[0].Trim();

        await using var client = Start("client", endpoint, "--curve", "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7");

        Assert.True(await client.EndedAsync() == 1, client.Output);
        Assert.Contains("did not answer", client.Output, StringComparison.Ordinal);
        Assert.Contains("refused a connection", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_is_none_is_told_without_a_trace()
    {
        await using var running = Start("server", "udp://nowhere:1");

        Assert.Equal(1, await running.EndedAsync());
        Assert.Contains("'udp://nowhere:1' is no endpoint", running.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(" at ", running.Output, StringComparison.Ordinal);
    }

    private static SampleProcess Start(params string[] arguments) => SampleProcess.Start("Bus", static _ => { }, arguments);
}
