using Xunit.Abstractions;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>Memory that is received into is shared by the connections of a loop: a few kept messages must not keep all of it.</summary>
[Collection(Alone.Name)]
[Trait("Category", "Slow")]
public sealed class KeptMessagesTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Small_messages_that_nobody_reads_do_not_keep_the_memory_that_others_are_received_into()
    {
        const int Kept = 1_000;
        const long Bound = 32 << 20;
        await using var stopped = new RouterSocket();
        await using var trickle = new DealerSocket();
        trickle.Connect(stopped.Bind("ipc://*"));
        await using var busy = new RouterSocket();
        await using var flood = new DealerSocket();
        busy.Handle(static (router, batch) => router.TrySend(batch.Peer!, "next"u8.ToArray()));
        flood.Connect(busy.Bind("ipc://*"));
        var body = new byte[8 * 1024];
        await FloodAsync();
        var before = ProcessFigures.Take();
        for (var i = 0; i < Kept; i++)
        {
            await trickle.SendAsync(new byte[64]).Within();
            await FloodAsync();
        }

        var after = ProcessFigures.Take();
        output.WriteLine($"{Kept} messages of 64 bytes kept, {Kept * 40 * 8 / 1024} MiB received beside them");
        output.WriteLine($"before: {before}");
        output.WriteLine($"after:  {after}");
        for (var i = 0; i < Kept; i++)
        {
            using var message = await stopped.ReceiveAsync().Within();
            Assert.Equal(64, message.Body.Length);
        }

        Assert.InRange(after.Managed, 0, before.Managed + Bound);

        // More than one piece of the memory that is received into; and it was received when the answer is here.
        async Task FloodAsync()
        {
            for (var i = 0; i < 40; i++)
            {
                await flood.SendAsync(body).Within();
            }

            using var answer = await flood.ReceiveAsync().Within();
            while (flood.TryReceive(out var more))
            {
                more.Dispose();
            }
        }
    }
}
