namespace Iarnet.Bus.Tests.Sockets;

public sealed class HandlerTests
{
    [Fact]
    public async Task A_handler_gets_the_messages_on_the_loop_and_answers_from_there()
    {
        await using var router = new RouterSocket();
        var threads = new HashSet<string?>();
        router.Handle((socket, batch) =>
        {
            threads.Add(Thread.CurrentThread.Name);
            foreach (var message in batch)
            {
                Assert.True(socket.TrySend(batch.Peer!, message.Body));
            }
        });
        await using var dealer = new DealerSocket();
        dealer.Connect(router.Bind("tcp://127.0.0.1:0"));
        for (var i = 0; i < 1000; i++)
        {
            await dealer.SendAsync(BitConverter.GetBytes(i)).Within();
        }

        for (var i = 0; i < 1000; i++)
        {
            using var message = await dealer.ReceiveAsync().Within();
            Assert.Equal(i, BitConverter.ToInt32(message.Body.Span));
        }

        Assert.StartsWith("iarnet-bus-", Assert.Single(threads), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_handler_throws_ends_nothing()
    {
        await using var router = new RouterSocket();
        var second = new TaskCompletionSource<byte>(TaskCreationOptions.RunContinuationsAsynchronously);
        router.Handle((_, batch) =>
        {
            foreach (var message in batch)
            {
                if (message.Body.Span[0] == 2)
                {
                    second.TrySetResult(2);
                }
            }

            throw new InvalidOperationException("the handler's own fault");
        });
        await using var dealer = new DealerSocket();
        dealer.Connect(router.Bind("ipc://*"));
        await dealer.SendAsync(new byte[] { 1 }).Within();
        await dealer.SendAsync(new byte[] { 2 }).Within();
        Assert.Equal(2, await second.Task.Within());
    }

    [Fact]
    public async Task A_handler_is_set_once_and_before_anything_can_arrive()
    {
        await using var bound = new RouterSocket();
        bound.Bind("ipc://*");
        Assert.Throws<InvalidOperationException>(() => bound.Handle((_, _) => { }));
        await using var twice = new DealerSocket();
        twice.Handle((_, _) => { });
        Assert.Throws<InvalidOperationException>(() => twice.Handle((_, _) => { }));
    }

    [Fact]
    public async Task A_batch_that_a_handler_keeps_is_over_when_it_returns()
    {
        await using var router = new RouterSocket();
        var kept = new TaskCompletionSource<(ReceivedBatch Batch, ReceivedMessage Copy)>(TaskCreationOptions.RunContinuationsAsynchronously);
        router.Handle((_, batch) =>
        {
            foreach (var message in batch)
            {
                kept.TrySetResult((batch, message.Copy()));
            }
        });
        await using var dealer = new DealerSocket();
        dealer.Connect(router.Bind("ipc://*"));
        await dealer.SendAsync("copied"u8.ToArray()).Within();
        var (over, copy) = await kept.Task.Within();
        await dealer.SendAsync("after"u8.ToArray()).Within();
        await Task.Run(async () =>
        {
            while (true)
            {
                try
                {
                    _ = over.Count;
                    await Task.Yield();
                }
                catch (ObjectDisposedException)
                {
                    return;
                }
            }
        }).Within("the end of the handler");
        Assert.Equal("copied"u8.ToArray(), copy.ToArray());
    }
}
