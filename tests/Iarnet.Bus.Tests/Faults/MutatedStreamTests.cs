using System.Diagnostics;
using Xunit.Abstractions;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>
/// A million spoiled handshakes, messages and commands. Each ends its own connection or is let through; nothing throws inside, grows,
/// or touches the honest peer beside it. Everything runs on this thread, so a seed that fails fails again.
/// </summary>
[Collection(Alone.Name)]
[Trait("Category", "Slow")]
public sealed class MutatedStreamTests(ITestOutputHelper output)
{
    private const int Seed = 20_261_121;
    private const int Block = 1_000;
    private const long GrowthBound = 8 << 20;

    [Theory]
    [InlineData("ROUTER", "NULL", 120_000)]
    [InlineData("DEALER", "NULL", 80_000)]
    [InlineData("ROUTER", "PLAIN", 40_000)]
    [InlineData("DEALER", "PLAIN", 40_000)]
    public async Task Spoiled_handshakes_hurt_nobody(string kind, string mechanism, int count)
    {
        byte[] shake = (kind, mechanism) switch
        {
            ("ROUTER", "NULL") => ValidStreams.Null("DEALER"),
            ("DEALER", "NULL") => ValidStreams.Null("ROUTER"),
            ("ROUTER", _) => ValidStreams.PlainClient(),
            _ => ValidStreams.PlainServer(),
        };
        BusSecurity security = (kind, mechanism) switch
        {
            (_, "NULL") => BusSecurity.None,
            ("ROUTER", _) => BusSecurity.PlainServer(),
            _ => BusSecurity.PlainClient("user", "password"),
        };
        byte[] valid = [.. shake, .. ValidStreams.Traffic[6], .. ValidStreams.Traffic[10], .. ValidStreams.Traffic[1]];
        await using var socket = new FuzzedSocket(kind, security, Honest(shake));
        await RunAsync($"{count} {mechanism} handshakes with a {kind}", socket, count, random =>
        {
            var mutator = new Mutator(random);
            return () =>
            {
                mutator.Mutate(valid);
                var link = socket.Connect();
                FeedInPieces(link, mutator, random);
                link.End();
                return 1;
            };
        });
        Assert.InRange(socket.Refused, count / 4, count - 1);
        Assert.InRange(socket.Joined, count / 100, count);
    }

    [Theory]
    [InlineData("ROUTER", 500_000)]
    [InlineData("DEALER", 200_000)]
    public async Task Spoiled_messages_and_commands_hurt_nobody(string kind, int count)
    {
        var shake = ValidStreams.Null(kind == "ROUTER" ? "DEALER" : "ROUTER");
        await using var socket = new FuzzedSocket(kind, BusSecurity.None, Honest(shake));
        await RunAsync($"{count} messages and commands to a {kind}", socket, count, random =>
        {
            var mutator = new Mutator(random);
            return () =>
            {
                var link = socket.Connect();
                link.Feed(shake, 0, shake.Length);
                var done = 0;
                // As long as the connection goes on; some never end by themselves, because what is spoiled is inside a body.
                while (!link.IsClosed && done < 100)
                {
                    mutator.Mutate(random.Next(200) == 0 ? ValidStreams.Large : ValidStreams.Traffic[random.Next(ValidStreams.Traffic.Length)]);
                    FeedInPieces(link, mutator, random);
                    done++;
                    var between = ValidStreams.Traffic[random.Next(4)];
                    link.Feed(between, 0, between.Length);
                }

                link.End();
                return done;
            };
        });
        Assert.InRange(socket.Messages, count / 10, long.MaxValue);
    }

    [Fact]
    public async Task Spoiled_handshakes_and_sealed_frames_of_CURVE_hurt_nobody()
    {
        const int Count = 20_000;
        using var clientKeys = CurveKeyPair.Generate();
        using var serverKeys = CurveKeyPair.Generate();
        var metadata = ValidStreams.Metadata("DEALER");
        var security = BusSecurity.CurveClient(clientKeys, serverKeys.PublicKey);
        await using var socket = new FuzzedSocket("ROUTER", BusSecurity.CurveServer(serverKeys), link =>
        {
            var honest = new CurveDialog(security.Create(ValidStreams.Metadata("DEALER", "honest")), link);
            Assert.True(honest.Shake(spoilAt: -1, spoil: null));
            return () => honest.Seal(new byte[64]);
        });
        await RunAsync($"{Count} CURVE handshakes and sealed frames with a ROUTER", socket, Count, random =>
        {
            var mutator = new Mutator(random);
            return () =>
            {
                using var dialog = new CurveDialog(security.Create(metadata), socket.Connect(keepSent: true));
                // Half of them in the handshake, half behind it.
                if (dialog.Shake(random.Next(2) == 0 ? random.Next(CurveDialog.Steps) : -1, mutator.MutateToArray))
                {
                    var whole = dialog.Seal(new byte[random.Next(400)]);
                    dialog.Link.Feed(whole, 0, whole.Length);
                    mutator.Mutate(dialog.Seal(new byte[random.Next(400)]));
                    FeedInPieces(dialog.Link, mutator, random);
                }

                dialog.Link.End();
                return 1;
            };
        });
        Assert.InRange(socket.Refused, Count / 5, Count);
        Assert.InRange(socket.Joined, Count / 5, Count);
    }

    private static Func<FedLink, Func<byte[]>> Honest(byte[] shake) => link =>
    {
        // Another name, or it would be replaced by the first mutant that joins.
        var own = (byte[])shake.Clone();
        "honest"u8.CopyTo(own.AsSpan(own.AsSpan().IndexOf("mutant"u8)));
        link.Feed(own, 0, own.Length);
        Assert.False(link.IsClosed, "the stream that is called valid is not");
        return static () => ValidStreams.Traffic[1];
    };

    private static void FeedInPieces(FedLink link, Mutator mutator, SeededRandom random)
    {
        for (var at = 0; at < mutator.Length && !link.IsClosed;)
        {
            var end = random.Next(3) == 0 ? mutator.Length : at + 1 + random.Next(mutator.Length - at);
            link.Feed(mutator.Buffer, at, end);
            at = end;
        }
    }

    private async Task RunAsync(string what, FuzzedSocket socket, int count, Func<SeededRandom, Func<int>> create)
    {
        var clock = Stopwatch.StartNew();
        var seed = Seed;
        var done = RunBlock(socket, create, seed);
        var before = ProcessFigures.Take();
        while (done < count)
        {
            done += RunBlock(socket, create, ++seed);
            // The limits of time of xunit and of the runner look at other threads.
            await Task.Yield();
        }

        var after = ProcessFigures.Take();
        output.WriteLine($"{what}: {done} in {clock.Elapsed.TotalSeconds:0.0} s; {socket.Joined} joined, {socket.Refused} refused, {socket.Messages} messages of {socket.Bytes} bytes let through");
        output.WriteLine($"before: {before}");
        output.WriteLine($"after:  {after}");
        Assert.InRange(after.Managed, 0, before.Managed + GrowthBound);
    }

    private static int RunBlock(FuzzedSocket socket, Func<SeededRandom, Func<int>> create, int seed)
    {
        var done = 0;
        try
        {
            for (var one = create(new SeededRandom(seed)); done < Block;)
            {
                done += one();
            }
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Seed {seed}, after {done} mutations of it: {e.Message}", e);
        }

        socket.Check($"Seed {seed}");
        return done;
    }
}
