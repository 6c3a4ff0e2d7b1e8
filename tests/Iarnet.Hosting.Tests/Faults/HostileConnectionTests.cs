using System.Net.Sockets;
using Iarnet.Hosting.Tests.Harness;

namespace Iarnet.Hosting.Tests.Faults;

public sealed class HostileConnectionTests
{
    [Fact]
    public async Task Garbage_and_half_open_connections_do_not_disturb_the_calls()
    {
        await using var host = await TestHost.StartAsync();
        await using var session = host.OpenSession();
        await session.Call(Work.Square, 1).Within("a first call");
        var strangers = new List<Socket>();
        var random = new SeededRandom(5);
        try
        {
            for (var i = 0; i < 20; i++)
            {
                foreach (var socket in new[] { "bus", "store" })
                {
                    strangers.Add(await ConnectAsync(Path.Combine(host.RunFolder, socket)));
                    strangers.Add(await ConnectAsync(Path.Combine(host.RunFolder, socket)));
                    var garbage = new byte[100 + random.Next(100_000)];
                    random.NextBytes(garbage);
                    await SendAsync(strangers[^1], garbage);
                    if (i % 2 == 0)
                    {
                        strangers[^1].Dispose();
                    }
                }

                var squares = Enumerable.Range(0, 20).Select(n => session.Call(Work.Square, n)).ToArray();
                Assert.Equal(2470, await session.Reduce(squares, Work.Sum).Within("calls among strangers"));
            }

            var bytes = await session.Call(Work.Reverse, session.Call(Work.Make, 1 << 20)).Within("a large value among strangers");
            Assert.Equal(1 << 20, bytes.Length);
        }
        finally
        {
            strangers.ForEach(stranger => stranger.Dispose());
        }
    }

    private static async Task<Socket> ConnectAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path)).Within("a connection");
        return socket;
    }

    private static async Task SendAsync(Socket socket, byte[] bytes)
    {
        try
        {
            await socket.SendAsync(bytes).Within("sending garbage");
        }
        catch (SocketException)
        {
            // It was thrown out before it had said everything.
        }
    }
}
