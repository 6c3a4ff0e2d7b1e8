namespace Iarnet.Bus.Tests.Sockets;

public sealed class InprocTests
{
    [Fact]
    public async Task Sockets_of_one_process_talk_without_the_kernel_and_each_name_is_bound_once()
    {
        const string Name = "inproc://the-one";
        await using var dealer = new DealerSocket(new BusSocketOptions { ReconnectDelay = TimeSpan.FromMilliseconds(5) });
        // Before anybody listens there.
        dealer.Connect(Name);
        await using var router = new RouterSocket();
        Assert.Equal(Name, router.Bind(Name));
        await using var second = new RouterSocket();
        Assert.Contains("choose another name", Assert.Throws<System.Net.Sockets.SocketException>(() => second.Bind(Name)).Message, StringComparison.Ordinal);
        foreach (var size in new[] { 0, 1, 1000, 100_000, 1_000_000 })
        {
            await dealer.SendAsync(new byte[size]).Within();
            using var message = await router.ReceiveAsync().Within();
            Assert.Equal(size, message.Body.Length);
            await router.SendAsync(message.Peer!, message.Body).Within();
            using var back = await dealer.ReceiveAsync().Within();
            Assert.Equal(size, back.Body.Length);
        }

        await router.DisposeAsync();
        await using var third = new RouterSocket();
        third.Bind(Name);
        await dealer.SendAsync("again"u8.ToArray()).Within();
        using var again = await third.ReceiveAsync().Within();
        Assert.Equal("again"u8.ToArray(), again.ToArray());
    }

    [Fact]
    public async Task A_sender_waits_for_a_reader_in_the_same_process_too()
    {
        await using var router = new RouterSocket(new BusSocketOptions { ReceiveMessages = 10 });
        await using var dealer = new DealerSocket(new BusSocketOptions { SendMessages = 10 });
        dealer.Connect(router.Bind("inproc://slow"));
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 2000; i++)
            {
                await dealer.SendAsync(BitConverter.GetBytes(i));
            }
        });
        for (var i = 0; i < 2000; i++)
        {
            using var message = await router.ReceiveAsync().Within();
            Assert.Equal(i, BitConverter.ToInt32(message.Body.Span));
        }

        await sending.Within();
    }
}
