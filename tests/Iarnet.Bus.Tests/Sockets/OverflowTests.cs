namespace Iarnet.Bus.Tests.Sockets;

public sealed class OverflowTests
{
    [Fact]
    public async Task Dropping_counts_every_message_that_it_drops()
    {
        const int Count = 20_000;
        var options = new BusSocketOptions { Overflow = SocketOverflow.Drop, SendMessages = 50, ReceiveMessages = 50 };
        await using var router = new RouterSocket(options);
        await using var dealer = new DealerSocket(options);
        long dropped = 0;
        dealer.Happened += happened => Interlocked.Add(ref dropped, happened is MessagesDropped { Count: var count } ? count : 0);
        dealer.Connect(router.Bind("ipc://*"));
        for (var i = 0; i < Count; i++)
        {
            await dealer.SendAsync(new byte[4000]).Within();
        }

        var received = 0;
        while (true)
        {
            if (router.TryReceive(out var message))
            {
                received += message.Body.Length > 1 ? 1 : 0;
                var last = message.Body.Length == 1;
                message.Dispose();
                if (last)
                {
                    break;
                }
            }
            else
            {
                // The first one that finds room ends the row of drops, and tells their number.
                dealer.TrySend(new byte[1]);
                await Task.Yield();
            }
        }

        Assert.InRange(Interlocked.Read(ref dropped), 1, Count - 50);
        Assert.Equal(Count, received + Interlocked.Read(ref dropped));
    }
}
