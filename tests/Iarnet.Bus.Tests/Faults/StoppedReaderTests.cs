using System.Buffers.Binary;
using Xunit.Abstractions;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>Two hundred thousand messages for a reader that does not read: what was taken arrives, the rest is counted, memory is bounded.</summary>
[Collection(Alone.Name)]
[Trait("Category", "Slow")]
public sealed class StoppedReaderTests(ITestOutputHelper output)
{
    private const int Count = 200_000;
    private const int Size = 1_000;
    private const int Bound = 2 << 20;
    private const int Marker = -1;

    /// <summary>Beside the two bounds: what has been received and not looked at, buffers that are used again, and the test's own figures.</summary>
    private const long Slack = 16 << 20;

    /// <summary>What the kernel may hold of a stream whose reader stopped: the largest buffers of both ends.</summary>
    private const int KernelBytes = 12 << 20;

    public static TheoryData<string, string> Senders => new()
    {
        { "DEALER", "tcp://127.0.0.1:0" },
        { "DEALER", "ipc://*" },
        { "ROUTER", "tcp://127.0.0.1:0" },
        { "ROUTER", "ipc://*" },
    };

    private static BusSocketOptions Options(SocketOverflow overflow) => new()
    {
        SendBytes = Bound,
        ReceiveBytes = Bound,
        Identity = new PeerIdentity("d"),
        Overflow = overflow,
        Linger = TimeSpan.FromMilliseconds(100),
    };

    [Theory]
    [MemberData(nameof(Senders))]
    public async Task Waiting_sends_go_on_when_the_reader_does_and_nothing_is_lost(string sender, string endpoint)
    {
        await using var pair = await Pair.StartAsync(sender, endpoint, SocketOverflow.Wait);
        var before = ProcessFigures.Take();
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            var body = new byte[Size];
            for (var i = 0; i < Count; i++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(body, i);
                await pair.SendAsync(body);
                Volatile.Write(ref sent, i + 1);
            }
        });

        var stalledAt = await StalledAsync(() => Volatile.Read(ref sent)).Within("the sender to be stopped by the bounds");
        var stalled = ProcessFigures.Take();
        for (var i = 0; i < Count; i++)
        {
            using var message = await pair.ReceiveAsync();
            Assert.Equal(i, BinaryPrimitives.ReadInt32LittleEndian(message.Body.Span));
        }

        await sending.Within();
        output.WriteLine($"{sender} {endpoint}: waited after {stalledAt} of {Count} messages ({(long)stalledAt * Size >> 10} KiB)");
        output.WriteLine($"before: {before}");
        output.WriteLine($"full:   {stalled}");
        Assert.InRange(stalledAt, 2 * Bound / Size / 2, ((2 * Bound) + KernelBytes) / Size);
        Assert.InRange(stalled.Managed, 0, before.Managed + (2 * Bound) + Slack);
    }

    [Theory]
    [MemberData(nameof(Senders))]
    public async Task What_try_send_took_arrives_and_nothing_else(string sender, string endpoint)
    {
        await using var pair = await Pair.StartAsync(sender, endpoint, SocketOverflow.Wait);
        var before = ProcessFigures.Take();
        List<int> accepted = [];
        var body = new byte[Size];
        for (var i = 0; i < Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(body, i);
            if (pair.TrySend(body))
            {
                accepted.Add(i);
            }
        }

        var full = ProcessFigures.Take();
        foreach (var number in accepted)
        {
            using var message = await pair.ReceiveAsync();
            Assert.Equal(number, BinaryPrimitives.ReadInt32LittleEndian(message.Body.Span));
        }

        output.WriteLine($"{sender} {endpoint}: {accepted.Count} taken and delivered, {Count - accepted.Count} refused, {Count} in all");
        output.WriteLine($"before: {before}");
        output.WriteLine($"full:   {full}");
        Assert.InRange(accepted.Count, 1, Count - 1);
        Assert.InRange(full.Managed, 0, before.Managed + (2 * Bound) + Slack);

        // Nothing was behind them.
        BinaryPrimitives.WriteInt32LittleEndian(body, Marker);
        await pair.SendAsync(body).Within();
        using var last = await pair.ReceiveAsync();
        Assert.Equal(Marker, BinaryPrimitives.ReadInt32LittleEndian(last.Body.Span));
    }

    [Theory]
    [MemberData(nameof(Senders))]
    public async Task What_is_dropped_is_counted_to_the_last_message(string sender, string endpoint)
    {
        const int Threads = 4;
        const int Each = Count / Threads;
        await using var pair = await Pair.StartAsync(sender, endpoint, SocketOverflow.Drop);
        var before = ProcessFigures.Take();
        ProcessFigures? full = null;
        using var half = new Barrier(Threads + 1);
        var senders = Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                var body = new byte[Size];
                for (var i = 0; i < Each; i++)
                {
                    if (i == Each / 2)
                    {
                        half.SignalAndWait();
                        half.SignalAndWait();
                    }

                    BinaryPrimitives.WriteInt32LittleEndian(body, (i * Threads) + thread);
                    Assert.True(pair.SendAsync(body).AsTask().IsCompletedSuccessfully, "a send waited although it should drop");
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();

        // The first half goes to a reader that stopped; the second to one that reads, so that rows of drops begin and end all the time.
        await Task.Run(half.SignalAndWait).Within("the senders to be half way");
        full = ProcessFigures.Take();
        var reading = Task.Run(ReadToMarkerAsync);
        await Task.Run(half.SignalAndWait).Within("the senders to go on");
        await Task.WhenAll(senders).Within();
        var marker = new SendBatch();
        var mark = new byte[Size];
        BinaryPrimitives.WriteInt32LittleEndian(mark, Marker);
        marker.Add(mark);
        await pair.SendAsync(marker).Within("the last message, which waits, to be taken");
        var delivered = await reading.Within();

        var dropped = pair.Dropped;
        output.WriteLine($"{sender} {endpoint}: {delivered} delivered + {dropped} reported as dropped in {pair.DropEvents} events = {delivered + dropped} of {Count}");
        output.WriteLine($"before: {before}");
        output.WriteLine($"full:   {full}");
        Assert.Equal(Count, delivered + dropped);
        Assert.InRange(delivered, 1, Count - 1);
        Assert.InRange(full.Managed, 0, before.Managed + (2 * Bound) + Slack);

        async Task<long> ReadToMarkerAsync()
        {
            var last = new int[Threads];
            Array.Fill(last, -1);
            for (long count = 0; ; count++)
            {
                using var message = await pair.ReceiveAsync();
                var number = BinaryPrimitives.ReadInt32LittleEndian(message.Body.Span);
                if (number == Marker)
                {
                    return count;
                }

                Assert.True(number / Threads > last[number % Threads], "a message came twice, or out of order");
                last[number % Threads] = number / Threads;
            }
        }
    }

    // Standing still is no event: it is seen by looking again and again.
    private static async Task<int> StalledAsync(Func<int> progress)
    {
        var last = -1;
        for (var same = 0; same < 10; same++)
        {
            await Task.Delay(50);
            var now = progress();
            same = now == last && now > 0 ? same : 0;
            last = now;
        }

        return last;
    }

    /// <summary>A sender of one kind and a reader of the other.</summary>
    private sealed class Pair : IAsyncDisposable
    {
        private readonly RouterSocket _router = null!;
        private readonly DealerSocket _dealer = null!;
        private readonly bool _routerSends;
        private readonly PeerIdentity _peer;
        private long _dropped;
        private long _dropEvents;

        private Pair(RouterSocket router, DealerSocket dealer, bool routerSends, PeerIdentity peer)
        {
            _router = router;
            _dealer = dealer;
            _routerSends = routerSends;
            _peer = peer;
            router.Happened += Count;
            dealer.Happened += Count;
        }

        public long Dropped => Volatile.Read(ref _dropped);

        public long DropEvents => Volatile.Read(ref _dropEvents);

        public static async Task<Pair> StartAsync(string sender, string endpoint, SocketOverflow overflow)
        {
            var router = new RouterSocket(Options(overflow));
            var dealer = new DealerSocket(Options(overflow));
            dealer.Connect(router.Bind(endpoint));
            var batch = new SendBatch();
            batch.Add("hello"u8);
            await dealer.SendAsync(batch).Within();
            using var hello = await router.ReceiveAsync().Within();
            return new Pair(router, dealer, sender == "ROUTER", hello.Peer!);
        }

        public ValueTask SendAsync(byte[] body) => _routerSends ? _router.SendAsync(_peer, body) : _dealer.SendAsync(body);

        public ValueTask SendAsync(SendBatch batch) => _routerSends ? _router.SendAsync(_peer, batch) : _dealer.SendAsync(batch);

        public bool TrySend(byte[] body) => _routerSends ? _router.TrySend(_peer, body) : _dealer.TrySend(body);

        public async ValueTask<ReceivedMessage> ReceiveAsync()
        {
            if (_routerSends ? _dealer.TryReceive(out var message) : _router.TryReceive(out message))
            {
                return message;
            }

            return _routerSends ? await _dealer.ReceiveAsync().Within() : await _router.ReceiveAsync().Within();
        }

        public async ValueTask DisposeAsync()
        {
            await _dealer.DisposeAsync().Within();
            await _router.DisposeAsync().Within();
        }

        private void Count(SocketEvent happened)
        {
            if (happened is MessagesDropped { Count: var count })
            {
                Interlocked.Add(ref _dropped, count);
                Interlocked.Increment(ref _dropEvents);
            }
        }
    }
}
