using System.Buffers.Binary;
using Iarnet.Bus.Tests.Peers;
using Xunit.Abstractions;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>
/// Sockets between two processes, one of which is killed or stopped in the middle of a stream, at points that a seed chooses.
/// The wire has no acknowledgement: a lost connection may leave a gap, or bring one batch again, and nothing else may happen.
/// </summary>
[Collection(Alone.Name)]
[Trait("Category", "Slow")]
public sealed class SignalledSocketTests(ITestOutputHelper output)
{
    private const int Seed = 20_261_121;
    private const int Rounds = 4;

    private static BusSocketOptions Options => new()
    {
        HeartbeatInterval = TimeSpan.FromMilliseconds(100),
        HeartbeatTimeout = TimeSpan.FromMilliseconds(600),
        HandshakeTimeout = TimeSpan.FromSeconds(1),
        ReconnectDelay = TimeSpan.FromMilliseconds(10),
        ReconnectDelayLimit = TimeSpan.FromMilliseconds(100),
    };

    public static TheoryData<string, string> Streams => new()
    {
        { "ours", "tcp://127.0.0.1:0" },
        { "ours", "ipc://*" },
        { "libzmq", "tcp://127.0.0.1:0" },
        { "libzmq", "ipc://*" },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task A_sender_that_is_stopped_is_found_by_heartbeats_and_its_stream_goes_on_in_order(string sender, string endpoint)
    {
        await using var receiver = new Receiver(endpoint);
        var (process, id) = await StartAsync(sender, receiver.Endpoint);
        await using var disposeProcess = process;
        await receiver.Events.Until<PeerConnected>().Within();
        for (var round = 0; round < Rounds; round++)
        {
            await receiver.More(receiver.Random.Next(30_000)).Within($"messages before stop {round} of seed {Seed}");
            await Signals.StopAsync(id);
            var lost = await receiver.Events.Until<PeerDisconnected>().Within("the heartbeat to find the stopped sender");
            Assert.Contains("nothing was received", lost.Reason, StringComparison.Ordinal);
            await Signals.ContinueAsync(id);
            await receiver.Events.Until<PeerConnected>().Within("the sender to come again");
        }

        await receiver.More(1_000).Within("messages after the last stop");
        output.WriteLine($"{sender} {endpoint}: {Rounds} stops (seed {Seed}), {receiver}");
        Assert.InRange(receiver.Jumps, 0, Rounds);
        Assert.InRange(receiver.Furthest, 0, 1_100);
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task A_sender_that_is_killed_is_gone_at_once_and_a_new_one_takes_its_name(string sender, string endpoint)
    {
        await using var receiver = new Receiver(endpoint);
        for (var round = 0; round < Rounds; round++)
        {
            var (process, id) = await StartAsync(sender, receiver.Endpoint);
            await using var disposeProcess = process;
            await receiver.Events.Until<PeerConnected>().Within();
            await receiver.More(receiver.Random.Next(30_000)).Within($"messages before kill {round} of seed {Seed}");
            await Signals.KillAsync(id);
            await receiver.Events.Until<PeerDisconnected>().Within("the end of a killed sender");
            receiver.BeginAnew();
        }

        output.WriteLine($"{sender} {endpoint}: {Rounds} kills (seed {Seed}), {receiver}");
        Assert.Equal(0, receiver.Jumps);
    }

    [Theory]
    [InlineData("ours")]
    [InlineData("libzmq")]
    public async Task What_is_sent_to_a_router_that_is_stopped_or_killed_waits_and_leaves_in_order(string kind)
    {
        var path = Path.Combine(Path.GetTempPath(), $"iarnet-stopped-{kind}-{Environment.ProcessId}");
        var endpoint = "ipc://" + path;
        var (process, id) = await StartEchoAsync();
        var options = Options;
        options.Identity = new PeerIdentity("patient");
        // Nothing may be lost here but by what the test does: a peer that a loaded machine keeps waiting is not taken for a stopped one.
        options.HeartbeatTimeout = TimeSpan.FromSeconds(3);
        await using var dealer = new DealerSocket(options);
        var events = new EventLog<SocketEvent>();
        dealer.Happened += events.Add;
        dealer.Connect(endpoint);
        var number = 0;
        await TalkAsync(100);
        await Signals.StopAsync(id);
        Assert.Contains("nothing was received", (await events.Until<PeerDisconnected>().Within("the heartbeat to find the stopped router")).Reason, StringComparison.Ordinal);
        var waiting = SendAsync(50);
        await Signals.ContinueAsync(id);
        await waiting;
        await HearAsync(50);

        await process.DisposeAsync();
        await events.Until<PeerDisconnected>().Within("the end of the killed router");
        await SendAsync(50);
        (process, id) = await StartEchoAsync();
        await HearAsync(50);
        await TalkAsync(100);
        await process.DisposeAsync();
        File.Delete(path);
        output.WriteLine($"{kind}: {number} messages there and back in order, across a stop and a kill");

        async Task TalkAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await SendAsync(1);
                await HearAsync(1);
            }
        }

        async Task SendAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await dealer.SendAsync(BitConverter.GetBytes(number++)).Within();
            }
        }

        async Task HearAsync(int count)
        {
            for (var expected = number - count; expected < number; expected++)
            {
                using var message = await dealer.ReceiveAsync().Within($"message {expected}, after {string.Join("; ", events.All)}");
                Assert.Equal(expected, BitConverter.ToInt32(message.Body.Span));
            }
        }

        async Task<(IAsyncDisposable, int)> StartEchoAsync()
        {
            if (kind == "ours")
            {
                var (ours, _) = await OtherProcess.StartAsync("echo", endpoint);
                return (ours, ours.Id);
            }

            var (python, _) = await PythonPeer.StartAsync("echo.py", "ROUTER", "bind", endpoint);
            return (python, python.Id);
        }
    }

    private static async Task<(IAsyncDisposable Process, int Id)> StartAsync(string sender, string endpoint)
    {
        if (sender == "ours")
        {
            var (ours, _) = await OtherProcess.StartAsync("numbers", endpoint, "stream");
            return (ours, ours.Id);
        }

        var (python, _) = await PythonPeer.StartAsync("stream.py", endpoint, "stream");
        return (python, python.Id);
    }

    /// <summary>A ROUTER that reads numbers and looks at their order.</summary>
    private sealed class Receiver : IAsyncDisposable
    {
        private readonly RouterSocket _router = new(Options);
        private readonly Lock _lock = new();
        private long _count;
        private long _next;

        public Receiver(string endpoint)
        {
            _router.Happened += Events.Add;
            _router.Handle((_, batch) =>
            {
                lock (_lock)
                {
                    foreach (var message in batch)
                    {
                        Take(BinaryPrimitives.ReadInt64LittleEndian(message.Body.Span));
                    }
                }
            });
            Endpoint = _router.Bind(endpoint);
        }

        public string Endpoint { get; }

        public EventLog<SocketEvent> Events { get; } = new();

        public SeededRandom Random { get; } = new(Seed);

        /// <summary>Places where a number did not follow the one before.</summary>
        public int Jumps { get; private set; }

        /// <summary>How far back such a place went at most.</summary>
        public long Furthest { get; private set; }

        public void BeginAnew()
        {
            lock (_lock)
            {
                _next = 0;
            }
        }

        public async Task More(int count)
        {
            for (var mark = Volatile.Read(ref _count) + count; Volatile.Read(ref _count) < mark;)
            {
                await Task.Delay(1);
            }
        }

        public override string ToString() => $"{_count} messages, {Jumps} jumps, at most {Furthest} back";

        public ValueTask DisposeAsync() => _router.DisposeAsync();

        private void Take(long number)
        {
            if (number != _next)
            {
                Jumps++;
                Furthest = Math.Max(Furthest, _next - number);
            }

            _next = number + 1;
            _count++;
        }
    }
}
