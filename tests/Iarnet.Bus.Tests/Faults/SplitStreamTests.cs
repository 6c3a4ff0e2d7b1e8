using System.Diagnostics;
using Iarnet.Bus.Tests.Peers;
using Iarnet.Bus.Wire;
using Xunit.Abstractions;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>
/// Valid streams that arrive in pieces of any size, at a socket whose bounds are reached again and again: every message comes out as
/// it went in. Everything runs on this thread, so a seed that fails fails again.
/// </summary>
[Collection(Alone.Name)]
[Trait("Category", "Slow")]
public sealed class SplitStreamTests(ITestOutputHelper output)
{
    private const int Seeds = 60;
    private const int Messages = 400;

    [Theory]
    [InlineData("NULL")]
    [InlineData("CURVE")]
    public async Task Every_message_comes_out_as_it_went_in(string mechanism)
    {
        var clock = Stopwatch.StartNew();
        using var clientKeys = CurveKeyPair.Generate();
        using var serverKeys = CurveKeyPair.Generate();
        long held = 0;
        long bytes = 0;
        for (var seed = 1; seed <= Seeds; seed++)
        {
            try
            {
                var (heldNow, bytesNow) = await RunAsync(seed, mechanism == "CURVE", clientKeys, serverKeys);
                held += heldNow;
                bytes += bytesNow;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed} of {mechanism}: {e.Message}", e);
            }
        }

        output.WriteLine($"{mechanism}: {Seeds} seeds, {Seeds * Messages} messages, {bytes >> 20} MiB, held {held} times by the bounds, in {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.InRange(held, Seeds, long.MaxValue);
    }

    private static async Task<(long Held, long Bytes)> RunAsync(int seed, bool seals, CurveKeyPair clientKeys, CurveKeyPair serverKeys)
    {
        var random = new SeededRandom(seed);
        var loop = new PumpedLoop();
        var transport = new FedTransport(loop);
        var log = new ErrorLog();
        await using var router = new RouterSocket(
            new BusSocketOptions
            {
                ReceiveMessages = 1 + random.Next(40),
                ReceiveBytes = 1 + random.Next(60_000),
                Security = seals ? BusSecurity.CurveServer(serverKeys) : BusSecurity.None,
                Linger = TimeSpan.FromMilliseconds(100),
            },
            transport,
            new StoppedClock(),
            log);
        router.Bind("inproc://split");
        var link = transport.Connect(keepSent: true);
        using var dialog = seals ? new CurveDialog(BusSecurity.CurveClient(clientKeys, serverKeys.PublicKey).Create(ValidStreams.Metadata("DEALER")), link) : null;
        if (dialog is not null)
        {
            Assert.True(dialog.Shake(spoilAt: -1, spoil: null), "the handshake failed");
        }
        else
        {
            var shake = ValidStreams.Null("DEALER");
            link.Feed(shake, 0, shake.Length);
        }

        Queue<byte[][]> expected = new();
        var stream = new MemoryStream();
        long bytes = 0;
        for (var i = 0; i < Messages; i++)
        {
            var frames = new byte[1 + random.Next(random.Next(3) == 0 ? 5 : 1)][];
            for (var frame = 0; frame < frames.Length; frame++)
            {
                frames[frame] = new byte[random.Next(8) switch { 0 => random.Next(70_000), < 4 => random.Next(2_000), _ => random.Next(80) }];
                random.NextBytes(frames[frame]);
                bytes += frames[frame].Length;
                var more = frame < frames.Length - 1;
                stream.Write(dialog is null ? RawPeer.Frame(more ? ZmtpFrames.More : (byte)0, frames[frame]) : dialog.Seal(frames[frame], more));
                if (dialog is null && random.Next(10) == 0)
                {
                    // Also between the frames of one message.
                    stream.Write(ValidStreams.Traffic[9]);
                }
            }

            expected.Enqueue(frames);
        }

        long held = 0;
        link.Drain = () =>
        {
            held++;
            return Take(random.Next(4) == 0 ? 1 : int.MaxValue) > 0;
        };
        var all = stream.ToArray();
        for (var at = 0; at < all.Length;)
        {
            var end = Math.Min(all.Length, at + 1 + random.Next(random.Next(3) switch { 0 => 10, 1 => 3_000, _ => 200_000 }));
            link.Feed(all, at, end);
            Assert.False(link.IsClosed, "the connection was closed");
            at = end;
            if (random.Next(3) == 0)
            {
                Take(random.Next(20));
                loop.Pump();
            }
        }

        while (Take(int.MaxValue) > 0)
        {
            // What waited in the connection for room follows.
            loop.Pump();
        }

        Assert.Empty(expected);
        Assert.Empty(log.Errors);
        link.End();
        return (held, bytes);

        int Take(int most)
        {
            var taken = 0;
            while (taken < most)
            {
                if (random.Next(2) == 0)
                {
                    if (!router.TryReceive(out var message))
                    {
                        break;
                    }

                    Compare(message);
                    message.Dispose();
                    taken++;
                }
                else
                {
                    if (!router.TryReceiveBatch(out var batch))
                    {
                        break;
                    }

                    foreach (var message in batch)
                    {
                        Compare(message);
                        taken++;
                    }

                    batch.Dispose();
                }
            }

            return taken;
        }

        void Compare(ReceivedMessage message)
        {
            var wanted = expected.Dequeue();
            Assert.Equal(wanted.Length, message.FrameCount);
            for (var i = 0; i < wanted.Length; i++)
            {
                Assert.True(message[i].Span.SequenceEqual(wanted[i]), $"frame {i} of the message before the last {expected.Count} is not what was sent");
            }
        }
    }
}
