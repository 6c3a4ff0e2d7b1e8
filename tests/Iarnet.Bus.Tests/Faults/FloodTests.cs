using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Iarnet.Bus.Tests.Peers;
using Iarnet.Bus.Transport;
using Xunit.Abstractions;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>Connections that never become peers: limits hold, and who is a peer hardly notices.</summary>
[Collection(Alone.Name)]
[Trait("Category", "Slow")]
public sealed class FloodTests(ITestOutputHelper output)
{
    private const int MostHalfOpen = 64;
    private const int MostPerAddress = 16;
    private const int Rounds = 2_000;

    /// <summary>The flood and the figures share two cores: far above what scheduling costs, far below what a scan per connection would.</summary>
    private const double LatencyRatio = 20;

    private const long MemoryBound = 24 << 20;

    private static BusSocketOptions Options => new()
    {
        MaxHalfOpenConnections = MostHalfOpen,
        MaxHalfOpenConnectionsPerAddress = MostPerAddress,
        HandshakeTimeout = TimeSpan.FromSeconds(30),
    };

    [Fact]
    public async Task A_flood_of_half_open_connections_is_kept_in_its_limits_and_leaves_others_their_latency()
    {
        const int AtLeast = 5_000;
        await using var served = await Served.StartAsync(Options);
        var quiet = await served.MedianAsync(Rounds);
        var before = ProcessFigures.Take();
        using var stop = new CancellationTokenSource();
        var open = new Queue<(Socket Socket, string Address)>();
        var made = 0;
        var flooding = Task.Factory.StartNew(Flood, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        List<double> medians = [];
        while (Volatile.Read(ref made) < AtLeast)
        {
            medians.Add(await served.MedianAsync(Rounds));
        }

        // Whoever means it gets in through the middle of it.
        await using var late = new DealerSocket(new BusSocketOptions { Identity = new PeerIdentity("late"), ReconnectDelayLimit = TimeSpan.FromMilliseconds(100) });
        late.Connect(served.Endpoint);
        await late.SendAsync("in"u8.ToArray()).Within();
        using (var back = await late.ReceiveAsync().Within())
        {
            Assert.Equal("in"u8.ToArray(), back.Body.ToArray());
        }

        await stop.CancelAsync();
        await flooding.Within();
        var flooded = Median(medians);
        var during = ProcessFigures.Take();
        var left = await StillOpenAsync(open);
        var perAddress = left.GroupBy(static socket => socket.Address).Select(static group => group.Count()).DefaultIfEmpty(0).Max();
        output.WriteLine($"{made} half-open connections; {left.Count} left open, at most {perAddress} of one address; {served.Failed} told as failed");
        output.WriteLine($"median round trip {quiet * 1e6:0} us without, {flooded * 1e6:0} us with the flood: {flooded / quiet:0.0} times");
        output.WriteLine($"before: {before}");
        output.WriteLine($"during: {during}");
        Assert.InRange(left.Count, 1, MostHalfOpen);
        Assert.InRange(perAddress, 1, MostPerAddress);
        Assert.InRange(flooded / quiet, 0, LatencyRatio);
        Assert.InRange(during.Managed, 0, before.Managed + MemoryBound);
        foreach (var (socket, _) in open)
        {
            socket.Dispose();
        }

        void Flood()
        {
            // Half of a greeting, or nothing at all, most of them from one address; old ones are closed when they are sure to be displaced.
            var half = RawPeer.Opening("DEALER", [])[..30];
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var address = i % 3 == 0 ? $"127.0.1.{2 + (i / 3 % 10)}" : "127.0.1.1";
                var socket = Open(served.Endpoint, address);
                if (i % 2 == 0)
                {
                    TrySend(socket, half);
                }

                open.Enqueue((socket, address));
                Volatile.Write(ref made, i + 1);
                if (open.Count > 2_000)
                {
                    open.Dequeue().Socket.Dispose();
                }
            }
        }
    }

    [Fact]
    public async Task Greetings_that_come_a_byte_at_a_time_on_hundreds_of_connections_leave_others_their_latency()
    {
        const int Lorises = 400;
        await using var served = await Served.StartAsync(new BusSocketOptions
        {
            MaxHalfOpenConnections = 2 * Lorises,
            MaxHalfOpenConnectionsPerAddress = 2 * Lorises,
            HandshakeTimeout = TimeSpan.FromSeconds(2),
        });
        var quiet = await served.MedianAsync(Rounds);
        var before = ProcessFigures.Take();
        using var stop = new CancellationTokenSource();
        var bytes = 0;
        var again = 0;
        var dripping = Task.Factory.StartNew(Drip, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        List<double> medians = [];
        // Until every one of them was cut off by the time limit of the handshake, and some came again.
        while (served.Failed < Lorises)
        {
            medians.Add(await served.MedianAsync(Rounds));
        }

        var during = ProcessFigures.Take();
        var reasons = served.Reasons;
        await stop.CancelAsync();
        await dripping.Within();
        var flooded = Median(medians);
        output.WriteLine($"{Lorises} connections at a time, {bytes} single bytes, {served.Failed} cut off by the time limit, {again} came again");
        output.WriteLine($"median round trip {quiet * 1e6:0} us without, {flooded * 1e6:0} us with them: {flooded / quiet:0.0} times");
        output.WriteLine($"before: {before}");
        output.WriteLine($"during: {during}");
        Assert.All(reasons, static reason => Assert.Contains("too long", reason, StringComparison.Ordinal));
        Assert.InRange(flooded / quiet, 0, LatencyRatio);
        Assert.InRange(during.Managed, 0, before.Managed + MemoryBound);

        void Drip()
        {
            var opening = RawPeer.Opening("DEALER", []);
            var sockets = Enumerable.Range(0, Lorises).Select(_ => (Socket: Open(served.Endpoint, "127.0.0.1"), Sent: 0)).ToArray();
            while (!stop.IsCancellationRequested)
            {
                for (var i = 0; i < Lorises; i++)
                {
                    // The last byte is never sent: none of them ever becomes a peer.
                    var (socket, sent) = sockets[i];
                    if (sent < opening.Length - 1 && TrySend(socket, opening.AsSpan(sent, 1)))
                    {
                        sockets[i].Sent++;
                        bytes++;
                    }
                    else if (IsClosed(socket))
                    {
                        socket.Dispose();
                        sockets[i] = (Open(served.Endpoint, "127.0.0.1"), 0);
                        again++;
                    }
                }

                // The pause is what makes them slow.
                Thread.Sleep(5);
            }

            foreach (var (socket, _) in sockets)
            {
                socket.Dispose();
            }
        }
    }

    private static Socket Open(string endpoint, string from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        socket.Connect(IPAddress.Loopback, BusEndpoint.Parse(endpoint).Port);
        return socket;
    }

    private static bool TrySend(Socket socket, ReadOnlySpan<byte> bytes)
    {
        socket.Send(bytes, SocketFlags.None, out var error);
        return error == SocketError.Success;
    }

    /// <summary>Reads what is there; whether the end was behind it.</summary>
    private static bool IsClosed(Socket socket)
    {
        Span<byte> buffer = stackalloc byte[512];
        while (socket.Poll(0, SelectMode.SelectRead))
        {
            if (socket.Receive(buffer, SocketFlags.None, out var error) == 0 || error != SocketError.Success)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Those that the other end has not closed: displacing is under way when the flood ends, so it looks until there are few enough.</summary>
    private static async Task<List<(Socket Socket, string Address)>> StillOpenAsync(IEnumerable<(Socket Socket, string Address)> all)
    {
        var left = all.ToList();
        for (var i = 0; i < 100; i++)
        {
            left.RemoveAll(static socket => IsClosed(socket.Socket));
            if (left.Count <= MostHalfOpen && left.GroupBy(static socket => socket.Address).All(static group => group.Count() <= MostPerAddress))
            {
                break;
            }

            await Task.Delay(50);
        }

        return left;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>A ROUTER that sends back, and a peer of it that measures.</summary>
    private sealed class Served : IAsyncDisposable
    {
        private readonly RouterSocket _router;
        private readonly DealerSocket _dealer = new(new BusSocketOptions { Identity = new PeerIdentity("honest") });
        private readonly HashSet<string> _reasons = [];
        private int _failed;

        private Served(BusSocketOptions options)
        {
            _router = new RouterSocket(options);
            _router.Handle(static (router, batch) =>
            {
                foreach (var message in batch)
                {
                    router.TrySend(batch.Peer!, message.Body);
                }
            });
            _router.Happened += happened =>
            {
                if (happened is HandshakeFailed failed)
                {
                    Interlocked.Increment(ref _failed);
                    lock (_reasons)
                    {
                        _reasons.Add(failed.Reason);
                    }
                }
            };
            Endpoint = _router.Bind("tcp://127.0.0.1:0");
            _dealer.Connect(Endpoint);
        }

        public string Endpoint { get; }

        public int Failed => Volatile.Read(ref _failed);

        /// <summary>Why handshakes have failed up to now.</summary>
        public string[] Reasons
        {
            get
            {
                lock (_reasons)
                {
                    return [.. _reasons];
                }
            }
        }

        public static async Task<Served> StartAsync(BusSocketOptions options)
        {
            var served = new Served(options);
            await served.MedianAsync(Rounds);
            return served;
        }

        /// <summary>Seconds.</summary>
        public async Task<double> MedianAsync(int rounds)
        {
            var times = new List<double>(rounds);
            var body = new byte[64];
            for (var i = 0; i < rounds; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await _dealer.SendAsync(body);
                using var back = await _dealer.ReceiveAsync().Within("the answer to the honest peer");
                times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            return Median(times);
        }

        public async ValueTask DisposeAsync()
        {
            await _dealer.DisposeAsync().Within();
            await _router.DisposeAsync().Within();
        }
    }
}
