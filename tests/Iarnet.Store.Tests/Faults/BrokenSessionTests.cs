using Iarnet.Objects;
using Iarnet.Store.Link;
using Xunit.Abstractions;

namespace Iarnet.Store.Tests.Faults;

/// <summary>Clients that write into their session file what nobody should: they lose their link, the store and the others go on.</summary>
public sealed class BrokenSessionTests(ITestOutputHelper output)
{
    public static TheoryData<string> Breaches() =>
    [
        "head far ahead", "head behind", "head not at an entry", "entry of length 0", "entry of length 12", "entry beyond the ring", "entry of an unknown kind",
        "entry too short for its head", "object larger than its entry", "object of 4 GiB", "codec without a name", "codec with a long name", "codec longer than its entry",
    ];

    [Theory]
    [MemberData(nameof(Breaches))]
    public async Task A_broken_ring_ends_its_link(string breach)
    {
        await using var served = await ServedStore.StartAsync(configure: static o => o.MemoryLimit = 64 << 20);
        await using var good = await served.ConnectAsync("good");
        var (link, name) = await RawLink.GreetedAsync(served, "hostile");
        using var hostile = link;
        using (var session = new SessionFile(served, name))
        {
            session.Break(breach);

            // Others look at all rings when they miss something: it must not be their loss.
            await Assert.ThrowsAsync<ObjectNotFoundException>(() => served.Store.GetAsync(new ObjectRef(Pattern.Id(1, 1), served.Store.Source)).Within());
            using var drain = new FrameWriter(FrameKind.Drain, 0);
            link.TrySend(drain.Finish().Span);
            await link.ClosedAsync();
        }

        await served.Until(_ => served.Store.Readers.Count == 1, "the link to end");
        Assert.DoesNotContain(name, served.Segments.Files);
        await WorksAsync(served, good);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_session_of_chance_harms_nobody(int seed)
    {
        await using var served = await ServedStore.StartAsync(configure: static o => o.MemoryLimit = 64 << 20);
        await using var good = await served.ConnectAsync("good");
        var random = new SeededRandom(seed);
        var closed = 0;
        const int Rounds = 40;
        for (var round = 0; round < Rounds; round++)
        {
            var (link, name) = await RawLink.GreetedAsync(served, "hostile");
            using (link)
            {
                using var session = new SessionFile(served, name);
                session.WriteChance(random);
                _ = served.Store.Readers;
                _ = served.Store.Statistics;
                using var drain = new FrameWriter(FrameKind.Drain, 0);
                link.TrySend(drain.Finish().Span);
                await link.ClosedAsync();
                closed++;
            }
        }

        await served.Until(_ => served.Store.Readers.Count == 1, "the links to end");
        output.WriteLine($"seed {seed}: {closed} of {Rounds} sessions of chance, all closed; {served.Store.Statistics.Objects} objects came of it");
        served.Store.ReleaseOwner("hostile");
        await WorksAsync(served, good);
    }

    [Fact]
    public async Task Leases_that_nobody_gave_are_counted_and_do_no_harm()
    {
        await using var served = await ServedStore.StartAsync(configure: static o => o.MemoryLimit = 64 << 20);
        await using var good = await served.ConnectAsync("good");
        var (link, name) = await RawLink.GreetedAsync(served, "hostile");
        using (link)
        {
            using var session = new SessionFile(served, name);
            session.Write(SessionLayout.HighWaterAt, int.MaxValue);
            ulong[] slots = [1, 2, uint.MaxValue, 0x8000_0000, 0x7fff_ffff, ulong.MaxValue, 0x1_0000_0000, SessionLayout.Slot(0, 1)];
            for (var i = 0; i < slots.Length; i++)
            {
                session.Write(SessionLayout.SlotsAt + (i * sizeof(ulong)), slots[i]);
            }

            var hostile = Assert.Single(served.Store.Readers, static r => r.Owner == "hostile");
            Assert.Equal(slots.Length, hostile.Leases);
            await WorksAsync(served, good);
        }

        await served.Until(static s => s.Leases == 0, "the leases to end with the link");
        await WorksAsync(served, good);
    }

    private static async Task WorksAsync(ServedStore served, StoreClient good)
    {
        foreach (var size in new[] { 10, 3000, 100_000 })
        {
            var id = Pattern.Id(7, size);
            var put = await good.PutAsync(Pattern.Bytes(id, size), CodecNames.Raw, id).Within();
            using (var lease = await served.Store.GetAsync(put).Within())
            {
                Pattern.Verify(id, lease.Span, size);
            }

            good.Release(put);
        }

        await served.Until(static s => s.Objects == 0, "the objects to be released");
        await served.Store.CheckIntegrityAsync().Within();
    }
}
