using System.Text;

namespace Iarnet.Bus.Tests.Sockets;

public sealed class BatchTests
{
    [Fact]
    public async Task A_batch_arrives_whole_and_in_order_whatever_its_messages_are()
    {
        await using var router = new RouterSocket();
        await using var dealer = new DealerSocket();
        dealer.Connect(router.Bind("ipc://*"));
        var batch = new SendBatch();
        var sizes = new[] { 0, 1, 255, 256, 5_000, 40_000, 70_000, 300_000, 3 };
        var expected = new List<int>();
        for (var round = 0; round < 20; round++)
        {
            foreach (var size in sizes)
            {
                batch.Add(new byte[size]);
                expected.Add(size);
            }

            batch.AddFrames("a"u8.ToArray(), new byte[300], ReadOnlyMemory<byte>.Empty);
            expected.Add(1);
            await dealer.SendAsync(batch).Within();
            Assert.Equal(0, batch.Count);
        }

        var received = new List<int>();
        while (received.Count < expected.Count)
        {
            using var arrived = await router.ReceiveBatchAsync().Within();
            foreach (var message in arrived)
            {
                received.Add(message.Body.Length);
                Assert.Equal(message.Body.Length == 1 && message.FrameCount == 3 ? 301 : message.Body.Length, message.Bytes);
                message.Dispose();
            }
        }

        Assert.Equal(expected, received);
    }

    [Fact]
    public async Task What_is_left_of_a_piece_after_single_receives_comes_as_a_batch()
    {
        await using var router = new RouterSocket();
        await using var dealer = new DealerSocket();
        dealer.Connect(router.Bind("ipc://*"));
        var batch = new SendBatch();
        for (byte i = 0; i < 10; i++)
        {
            batch.Add([i]);
        }

        await dealer.SendAsync(batch).Within();
        var seen = new List<byte>();
        var first = await router.ReceiveAsync().Within();
        seen.Add(first.Body.Span[0]);
        while (seen.Count < 10)
        {
            var rest = await router.ReceiveBatchAsync().Within();
            foreach (var message in rest)
            {
                seen.Add(message.Body.Span[0]);
            }

            rest.Dispose();
            rest.Dispose();
            Assert.Throws<ObjectDisposedException>(() => rest.Count);
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(static i => (byte)i), seen);
        // Taken before, given back after the rest: its memory was its own all the time.
        Assert.Equal(0, first.Body.Span[0]);
        first.Dispose();
        first.Dispose();
        Assert.False(router.TryReceiveBatch(out _));
    }

    [Fact]
    public async Task A_copy_outlives_the_message()
    {
        await using var router = new RouterSocket();
        await using var dealer = new DealerSocket(new BusSocketOptions { Identity = new PeerIdentity("d") });
        dealer.Connect(router.Bind("ipc://*"));
        await dealer.SendAsync(["one"u8.ToArray(), "two"u8.ToArray()]).Within();
        ReceivedMessage copy;
        using (var message = await router.ReceiveAsync().Within())
        {
            copy = message.Copy();
        }

        for (var i = 0; i < 100; i++)
        {
            await dealer.SendAsync("overwrites"u8.ToArray()).Within();
            (await router.ReceiveAsync().Within()).Dispose();
        }

        Assert.Equal(new PeerIdentity("d"), copy.Peer);
        Assert.Equal(["one", "two"], copy.ToFrames().Select(static frame => Encoding.ASCII.GetString(frame.Span)));
        Assert.Equal("two", Encoding.ASCII.GetString(copy[1].Span));
        Assert.Throws<ArgumentOutOfRangeException>(() => copy[2]);
    }

    [Fact]
    public async Task A_batch_larger_than_the_bounds_goes_when_nothing_waits_and_an_empty_one_is_refused()
    {
        await using var router = new RouterSocket(new BusSocketOptions { ReceiveMessages = 5 });
        await using var dealer = new DealerSocket(new BusSocketOptions { SendMessages = 10 });
        dealer.Connect(router.Bind("ipc://*"));
        var batch = new SendBatch();
        Assert.Throws<ArgumentException>(() => dealer.SendAsync(batch).AsTask().GetAwaiter().GetResult());
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 100; i++)
            {
                batch.Add(BitConverter.GetBytes((round * 100) + i));
            }

            var sending = dealer.SendAsync(batch).Within();
            for (var i = 0; i < 100; i++)
            {
                using var message = await router.ReceiveAsync().Within();
                Assert.Equal((round * 100) + i, BitConverter.ToInt32(message.Body.Span));
            }

            await sending;
        }
    }
}
