using Iarnet.Bus.Sockets;

namespace Iarnet.Bus.Tests.Faults;

public sealed class DropCountTests
{
    [Fact]
    public void Drops_that_race_with_the_end_of_their_row_are_told_when_all_is_over()
    {
        // Each round ends with everything told: a drop that slipped through would have to wait for the next row.
        const int Rounds = 20_000;
        var dropped = new DropCount();
        long told = 0;
        long wrong = 0;
        using var together = new Barrier(2, _ =>
        {
            // Whoever sends next asks once more.
            told += dropped.End();
            wrong += told == 2 ? 0 : 1;
            told = 0;
            dropped = new DropCount();
        });
        var threads = Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                Interlocked.Add(ref told, dropped.Add() ? 1 : 0);
                Interlocked.Add(ref told, dropped.End());
                together.SignalAndWait();
            }
        })).ToArray();
        Array.ForEach(threads, static thread => thread.Start());
        Assert.All(threads, static thread => Assert.True(thread.Join(TimeSpan.FromSeconds(30)), "a thread did not end"));
        Assert.Equal(0, wrong);
    }

    [Fact]
    public async Task A_dealer_that_is_disposed_tells_what_it_dropped_last()
    {
        var dealer = new DealerSocket(new BusSocketOptions { Overflow = SocketOverflow.Drop });
        long told = 0;
        dealer.Happened += happened => told += happened is MessagesDropped { Count: var count } ? count : 0;
        // Nobody is connected, nor will be: there is no room at all.
        for (var i = 0; i < 100; i++)
        {
            await dealer.SendAsync(new byte[1]).Within();
        }

        await dealer.DisposeAsync().Within();
        Assert.Equal(100, told);
    }
}
