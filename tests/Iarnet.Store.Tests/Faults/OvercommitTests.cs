using System.Diagnostics;
using Iarnet.Objects;
using Xunit.Abstractions;

namespace Iarnet.Store.Tests.Faults;

/// <summary>Ten times as much as there is memory for.</summary>
public sealed class OvercommitTests(ITestOutputHelper output)
{
    private const int Writers = 8;
    private const long Limit = 32 << 20;

    [Theory]
    [InlineData(1, 1_000, 100_000)]
    [InlineData(2, 100_000, 2_000_000)]
    public async Task Eight_writers_and_readers_lose_nothing_and_nobody_hangs_when_the_store_spills(int seed, int least, int most)
    {
        var disk = Directory.CreateTempSubdirectory("iarnet-spill-tests-").FullName;
        try
        {
            await using var served = await ServedStore.StartAsync(configure: o =>
            {
                o.MemoryLimit = Limit;
                o.SpillFolder = disk;
                o.FullWait = TimeSpan.FromSeconds(25);
            });
            var watch = Stopwatch.StartNew();
            var written = new int[Writers];
            var bytes = 0L;
            var reads = 0L;
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
            {
                await using var client = await served.ConnectAsync($"writer-{writer}");
                var random = new SeededRandom((seed * 100) + writer);
                while (Interlocked.Read(ref bytes) < 10 * Limit)
                {
                    var id = Id(writer, written[writer]);
                    var size = Pattern.Size(id, least, most);
                    await client.PutAsync(Pattern.Bytes(id, size), CodecNames.Raw, id).Within();
                    Interlocked.Add(ref bytes, size);
                    written[writer]++;
                    await ReadAsync(client, Id(writer, random.Next(written[writer])));
                    Interlocked.Increment(ref reads);
                }
            })));
            var wrote = watch.Elapsed;

            // All of it is there, to the last byte.
            await using var reader = await served.ConnectAsync("reader");
            for (var writer = 0; writer < Writers; writer++)
            {
                for (var number = 0; number < written[writer]; number++)
                {
                    await ReadAsync(reader, Id(writer, number));
                    reads++;
                }
            }

            var now = served.Store.Statistics;
            Assert.Equal(written.Sum(), now.Objects);
            Assert.InRange(now.CommittedBytes, 1, Limit + (8 << 20));
            await served.Store.CheckIntegrityAsync().Within();
            output.WriteLine($"seed {seed}: {written.Sum()} objects, {bytes >> 20} MiB in {Limit >> 20} MiB of memory, put in {wrote.TotalSeconds:0.0} s; {reads} reads verified in {watch.Elapsed.TotalSeconds:0.0} s in all; {now.SpilledObjects} objects on disk only, {now.Waits} waits");
            for (var writer = 0; writer < Writers; writer++)
            {
                served.Store.ReleaseOwner($"writer-{writer}");
            }

            await served.Until(static s => s is { Leases: 0, Objects: 0 }, "everything to be released");
            await served.Store.Empty();
        }
        finally
        {
            if (Directory.Exists(disk))
            {
                Directory.Delete(disk, recursive: true);
            }
        }

        ObjectId Id(int writer, int number) => Pattern.Id((seed * 100) + writer, number);

        async Task ReadAsync(StoreClient client, ObjectId id)
        {
            using var lease = await client.GetAsync(new ObjectRef(id, client.Source)).Within();
            Pattern.Verify(id, lease.Span, Pattern.Size(id, least, most));
        }
    }

    [Theory]
    [InlineData(1, 1_000, 30_000)]
    [InlineData(2, 100_000, 2_000_000)]
    public async Task Without_a_disk_the_store_is_full_after_its_wait_and_loses_nothing_it_took(int seed, int least, int most)
    {
        await using var served = await ServedStore.StartAsync(configure: static o =>
        {
            o.MemoryLimit = Limit;
            o.FullWait = TimeSpan.FromMilliseconds(200);
        });
        var refused = 0;
        var watch = Stopwatch.StartNew();
        var taken = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            await using var client = await served.ConnectAsync($"writer-{writer}");
            var mine = new List<ObjectId>();
            for (var (number, full) = (0, 0); full < 3; number++)
            {
                var id = Pattern.Id((seed * 100) + writer, number);
                try
                {
                    await client.PutAsync(Pattern.Bytes(id, Pattern.Size(id, least, most)), CodecNames.Raw, id).Within();
                    mine.Add(id);
                }
                catch (StoreFullException)
                {
                    full++;
                    Interlocked.Increment(ref refused);
                }

                if (mine.Count > 0)
                {
                    var old = mine[number % mine.Count];
                    using var lease = await client.GetAsync(new ObjectRef(old, client.Source)).Within();
                    Pattern.Verify(old, lease.Span, Pattern.Size(old, least, most));
                }
            }

            return mine;
        })));

        await served.Until(static s => s.Leases == 0, "leases to be given back");
        await served.Store.CheckIntegrityAsync().Within();
        Assert.Equal(taken.Sum(static t => t.Count), served.Store.Statistics.Objects);
        foreach (var id in taken.SelectMany(static t => t))
        {
            using var lease = await served.Store.GetAsync(new ObjectRef(id, served.Store.Source)).Within();
            Pattern.Verify(id, lease.Span, Pattern.Size(id, least, most));
        }

        var now = served.Store.Statistics;
        output.WriteLine($"seed {seed}: {now.Objects} objects, {now.CommittedBytes >> 20} MiB of {Limit >> 20} MiB taken, {refused} refused, {watch.ElapsedMilliseconds} ms");
        for (var writer = 0; writer < Writers; writer++)
        {
            served.Store.ReleaseOwner($"writer-{writer}");
        }

        await served.Store.Empty();
    }
}
