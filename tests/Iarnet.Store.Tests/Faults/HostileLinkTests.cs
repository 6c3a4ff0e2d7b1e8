using System.Buffers.Binary;
using Iarnet.Objects;
using Iarnet.Store.Link;
using Xunit.Abstractions;

namespace Iarnet.Store.Tests.Faults;

/// <summary>Processes that break the rules of the link: their links end, and nobody else's.</summary>
public sealed class HostileLinkTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int NotFound = 1;
    private const int Full = 2;
    private const int TooLarge = 3;
    private const int Invalid = 5;

    private readonly ObjectId _id = Pattern.Id(1, 1);
    private ServedStore _served = null!;
    private StoreClient _good = null!;
    private ObjectRef _object;

    public async Task InitializeAsync()
    {
        _served = await ServedStore.StartAsync(configure: static o =>
        {
            o.MemoryLimit = 64 << 20;
            o.MaxObjectBytes = 32 << 20;
            o.FullWait = TimeSpan.FromMilliseconds(50);
            o.MaxLeasesPerLink = 5000;
        });
        _good = await _served.ConnectAsync("good");
        _object = await _good.PutAsync(Pattern.Bytes(_id, 100_000), CodecNames.Raw, _id).Within();
    }

    public async Task DisposeAsync()
    {
        // The others' links end, and the good one and what is its is as it was.
        await _served.Until(s => s is { Unfinished: 0, Leases: 0 } && _served.Store.Readers.Count == 1, "what hostile clients had open to be taken back");
        await GoodWorksAsync();
        await _served.Store.CheckIntegrityAsync().Within();
        Assert.Equal(["session-1"], _served.Segments.Files.Where(static f => f.StartsWith("session-", StringComparison.Ordinal)));
        await _good.DisposeAsync().Within();
        await _served.DisposeAsync();
    }

    [Fact]
    public async Task Garbage_ends_the_link_that_sent_it()
    {
        const int Links = 300;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var seed = 1; seed <= Links; seed++)
        {
            var random = new SeededRandom(seed);
            using var link = seed % 2 == 0 ? await RawLink.ConnectAsync(_served) : (await RawLink.GreetedAsync(_served, $"hostile-{seed % 7}")).Link;
            for (var frames = random.Next(20); frames >= 0; frames--)
            {
                // Bytes of chance, or frames of a kind that there is with a body of chance.
                var bytes = new byte[9 + random.Next(random.Next(10) == 0 ? 100_000 : 60)];
                random.NextBytes(bytes);
                if (random.Next(8) != 0)
                {
                    BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length - 4);
                    bytes[4] = (byte)random.Next(12);
                }

                if (!link.TrySend(bytes))
                {
                    break;
                }
            }

            if (seed % 10 == 0)
            {
                await GoodWorksAsync();
            }
        }

        await _served.Until(s => s.Unfinished == 0 && _served.Store.Readers.Count == 1, "the links to end");
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine($"{Links} links of garbage; memory grew by {grown >> 10} KiB; {_served.Store.Statistics.Objects} objects");
        Assert.InRange(grown, long.MinValue, 64 << 20);
        for (var owner = 0; owner < 7; owner++)
        {
            _served.Store.ReleaseOwner($"hostile-{owner}");
        }

        Assert.Equal(1, _served.Store.Statistics.Objects);
    }

    [Theory]
    [InlineData("oversize", 128 * 1024 + 1)]
    [InlineData("huge", int.MaxValue)]
    [InlineData("negative", -1)]
    [InlineData("too short", 4)]
    [InlineData("empty", 0)]
    public async Task A_length_that_no_frame_has_ends_the_link(string what, int length)
    {
        foreach (var greeted in new[] { false, true })
        {
            using var link = greeted ? (await RawLink.GreetedAsync(_served, what)).Link : await RawLink.ConnectAsync(_served);
            var bytes = new byte[64];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
            link.TrySend(bytes);
            Assert.Equal(Invalid, await link.ClosedAsync());
        }
    }

    [Fact]
    public async Task What_does_not_begin_as_it_should_ends_at_once()
    {
        FrameWriter[] beginnings =
        [
            RawLink.Hello("x", magic: 0x12345678),
            RawLink.Hello("x", version: 2),
            RawLink.Hello(""),
            RawLink.Hello(new string('x', 129)),
            RawLink.Create(1, default, 100),
            RawLink.Lease(1, _id),
            RawLink.OfId(FrameKind.Abort, 1, _id),
            new FrameWriter(FrameKind.Drain, 0),
            new FrameWriter(FrameKind.Welcome, 1),
            new FrameWriter((FrameKind)77, 1),
        ];
        foreach (var beginning in beginnings)
        {
            using var link = await RawLink.ConnectAsync(_served);
            link.Send(beginning);
            Assert.Equal(Invalid, await link.ClosedAsync());
        }
    }

    [Fact]
    public async Task What_breaks_the_rules_later_ends_the_link_with_what_it_had_open()
    {
        FrameWriter[] breaches = [RawLink.Hello("again"), new FrameWriter((FrameKind)77, 9), new FrameWriter(FrameKind.Lease, 9), new FrameWriter(FrameKind.Unlease, 0)];
        foreach (var breach in breaches)
        {
            var (link, session) = await RawLink.GreetedAsync(_served, "hostile");
            using (link)
            {
                Assert.Equal(0, await link.ErrorOfAsync(RawLink.Create(2, Pattern.Id(1, 2), 1 << 20)));
                Assert.Equal(0, await link.ErrorOfAsync(RawLink.Lease(3, _id)));
                Assert.Contains(session, _served.Segments.Files);
                link.Send(breach);
                Assert.Equal(Invalid, await link.ClosedAsync());
            }

            await _served.Until(s => s is { Unfinished: 0, Leases: 0 }, "what it had open to be taken back");
        }
    }

    [Fact]
    public async Task What_is_refused_politely_leaves_the_link_as_it_was()
    {
        var (link, _) = await RawLink.GreetedAsync(_served, "hostile");
        using var first = link;
        using var other = (await RawLink.GreetedAsync(_served, "other")).Link;
        var others = Pattern.Id(1, 3);
        var created = await other.AskAsync(RawLink.Create(1, others, 1000));
        Assert.Equal(FrameKind.Created, created.Kind);

        Assert.Equal(NotFound, await link.ErrorOfAsync(RawLink.Lease(2, Pattern.Id(9, 9))));
        Assert.Equal(NotFound, await link.ErrorOfAsync(Seal(3, others, 1000)));
        Assert.Equal(NotFound, await link.ErrorOfAsync(RawLink.OfId(FrameKind.Abort, 4, others)));
        Assert.Equal(TooLarge, await link.ErrorOfAsync(RawLink.Create(5, default, ulong.MaxValue)));
        Assert.Equal(TooLarge, await link.ErrorOfAsync(RawLink.Create(6, default, (32 << 20) + 1)));
        Assert.Equal(Invalid, await link.ErrorOfAsync(RawLink.Create(7, default, 10, codec: "")));
        Assert.Equal(Invalid, await link.ErrorOfAsync(RawLink.Create(8, default, 10, codec: new string('c', 65))));
        var mine = Pattern.Id(1, 4);
        Assert.Equal(0, await link.ErrorOfAsync(RawLink.Create(9, mine, 1000)));
        Assert.Equal(Invalid, await link.ErrorOfAsync(RawLink.Create(10, mine, 1000)));
        Assert.Equal(Invalid, await link.ErrorOfAsync(Seal(11, mine, 1001)));

        // Leases that are nobody's, and references that are others'.
        var unlease = new FrameWriter(FrameKind.Unlease, 0);
        unlease.U32(2);
        unlease.U64(1);
        unlease.U64(ulong.MaxValue);
        link.Send(unlease);
        var release = new FrameWriter(FrameKind.Release, 0);
        release.U32(2);
        release.Id(_id);
        release.Id(Pattern.Id(9, 9));
        link.Send(release);
        Assert.Equal(0, await link.ErrorOfAsync(RawLink.Lease(12, _id)));
        Assert.Equal(1, _served.Store.Stat(_object)!.References);
        Assert.Equal(FrameKind.Sealed, (await other.AskAsync(Seal(2, others, 1000))).Kind);
        _served.Store.ReleaseOwner("other");
    }

    [Fact]
    public async Task Half_a_frame_waits_for_its_other_half_and_holds_up_nobody()
    {
        var waiting = new List<RawLink>();
        for (var cut = 1; cut < 40; cut += 3)
        {
            var link = await RawLink.ConnectAsync(_served);
            using var hello = RawLink.Hello("a-name-that-is-long-enough-for-that");
            Assert.True(link.TrySend(hello.Finish().Span[..cut]));
            waiting.Add(link);
        }

        await GoodWorksAsync();
        waiting.ForEach(static l => l.Dispose());
    }

    [Fact]
    public async Task More_leases_than_a_link_may_have_are_refused_and_it_keeps_those_it_has()
    {
        var (link, _) = await RawLink.GreetedAsync(_served, "greedy");
        using var greedy = link;
        for (var call = 1u; call <= 5000; call++)
        {
            Assert.Equal(0, await link.ErrorOfAsync(RawLink.Lease(call, _id)));
        }

        Assert.Equal(Full, await link.ErrorOfAsync(RawLink.Lease(6000, _id)));
        Assert.Equal(5000, _served.Store.Statistics.Leases);
    }

    [Fact]
    public async Task Who_asks_and_never_reads_the_answers_holds_up_nobody()
    {
        var (link, _) = await RawLink.GreetedAsync(_served, "deaf");
        using var deaf = link;
        var asking = Task.Run(() =>
        {
            using var frame = RawLink.Lease(5, Pattern.Id(9, 9));
            while (link.TrySend(frame.Finish().Span))
            {
            }
        });
        while (!asking.IsCompleted)
        {
            await GoodWorksAsync();
        }

        // By then the store takes nothing more from it, and gives it up soon.
        await asking.Within();
        await _served.Until(_ => _served.Store.Readers.Count == 1, "the link of who never reads to end");
    }

    [Fact]
    public async Task Objects_of_clients_that_only_create_are_refused_when_the_store_is_full_and_come_back_with_the_link()
    {
        using (var link = (await RawLink.GreetedAsync(_served, "hoarder")).Link)
        {
            var created = 0;
            while (await link.ErrorOfAsync(RawLink.Create((uint)created + 2, default, 8 << 20)) == 0)
            {
                created++;
            }

            Assert.InRange(created, 6, 8);
            var error = await Assert.ThrowsAsync<StoreFullException>(() => _good.PutAsync(new byte[16 << 20], CodecNames.Raw).Within());
            Assert.Contains("No room", error.Message, StringComparison.Ordinal);
        }

        await _served.Until(static s => s.Unfinished == 0, "the unfinished objects to be given up");
        _good.Release(await _good.PutAsync(new byte[16 << 20], CodecNames.Raw).Within());
    }

    private static FrameWriter Seal(uint call, ObjectId id, ulong size)
    {
        var frame = RawLink.OfId(FrameKind.Seal, call, id);
        frame.U64(size);
        return frame;
    }

    private async Task GoodWorksAsync()
    {
        using (var lease = await _good.GetAsync(_object).Within())
        {
            Pattern.Verify(_id, lease.Span, 100_000);
        }

        foreach (var size in new[] { 100, 100_000 })
        {
            var put = await _good.PutAsync(new byte[size], CodecNames.Raw).Within();
            Assert.True(_served.Store.Contains(put) || size == 100);
            _good.Release(put);
        }
    }
}
