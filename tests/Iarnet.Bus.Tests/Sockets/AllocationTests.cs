using Xunit.Abstractions;

namespace Iarnet.Bus.Tests.Sockets;

[Collection(Alone.Name)]
public sealed class AllocationTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_allocates_nothing_in_steady_state(bool inBatches)
    {
        const int Count = 200_000;
        await using var router = new RouterSocket();
        await using var dealer = new DealerSocket();
        dealer.Connect(router.Bind("ipc://*"));
        await RunAsync(router, dealer, Count, inBatches);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await RunAsync(router, dealer, Count, inBatches);
        var each = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Count;
        output.WriteLine($"{each:0.000} bytes a message");
        // The waits of a full queue and a switch now and then, spread over the messages; one object a message would be 24 bytes and more.
        Assert.True(each < 4, $"{each} bytes a message");
    }

    private static async Task RunAsync(RouterSocket router, DealerSocket dealer, int count, bool inBatches)
    {
        var payload = new byte[64];
        var sending = Task.Run(async () =>
        {
            var batch = new SendBatch();
            for (var i = 0; i < count; i++)
            {
                if (!inBatches)
                {
                    await dealer.SendAsync(payload);
                    continue;
                }

                batch.Add(payload);
                if (batch.Count == 100)
                {
                    await dealer.SendAsync(batch);
                }
            }
        });
        var receiving = Task.Run(async () =>
        {
            for (var i = 0; i < count;)
            {
                if (inBatches)
                {
                    using var batch = await router.ReceiveBatchAsync();
                    i += batch.Count;
                }
                else
                {
                    using var message = await router.ReceiveAsync();
                    i++;
                }
            }
        });
        await sending.Within();
        await receiving.Within();
    }
}
