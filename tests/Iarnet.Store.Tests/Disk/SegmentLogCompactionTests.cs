using Iarnet.Store.Disk;

namespace Iarnet.Store.Tests.Disk;

public sealed class SegmentLogCompactionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_mostly_dead_is_compacted_and_places_stay_good(bool durable)
    {
        using var folder = new LogFolder();
        await using var log = folder.Open(durable, segmentBytes: 500_000);
        var held = new Dictionary<DiskLocation, int>();
        for (var i = 0; i < 300; i++)
        {
            held.Add(await log.Append(Data.Bytes(20_000, i)).Within(), i);
        }

        // Thinned out three times, so that what lives is moved more than once.
        for (var round = 0; round < 3; round++)
        {
            foreach (var (location, _) in held.Where((_, at) => at % 5 < 3).ToArray())
            {
                log.Free(location);
                held.Remove(location);
            }

            await log.WaitFor(() => log.Bytes <= (2 * log.LiveBytes) + 1_500_000, $"compaction in round {round}");
            foreach (var (location, i) in held)
            {
                Assert.True(await log.Has(location, Data.Bytes(20_000, i)).Within(), $"round {round}: {location}");
            }
        }

        await log.WaitFor(() => log.Bytes == folder.BytesOfFiles, "the count to be that of the files");
        Assert.Empty(await log.CheckAsync().Within());
        foreach (var location in held.Keys)
        {
            log.Free(location);
        }

        await log.WaitFor(() => log.Bytes < 500_000, "the rest to go");
        Assert.Empty(log.Locations());
    }

    [Fact]
    public async Task Large_objects_are_moved_too()
    {
        using var folder = new LogFolder();
        await using var log = folder.Open(durable: true, segmentBytes: 64 << 20);
        var dead = new List<DiskLocation> { await log.Append(Data.Bytes(30 << 20, 1)).Within() };
        var small = await log.Append(Data.Bytes(777, 2)).Within();
        var large = await log.Append(Data.Bytes(9_000_001, 3)).Within();
        var last = await log.Append(Data.Bytes(2_000_000, 4)).Within();
        dead.Add(await log.Append(Data.Bytes(20 << 20, 5)).Within());

        // Another segment, so that the first takes no more.
        var other = await log.Append(Data.Bytes(10 << 20, 6)).Within();
        var first = folder.Segments[0];
        dead.ForEach(log.Free);
        await log.WaitFor(() => !File.Exists(first), "the first segment to be compacted");
        Assert.True(await log.Has(small, Data.Bytes(777, 2)).Within());
        Assert.True(await log.Has(large, Data.Bytes(9_000_001, 3)).Within());
        Assert.True(await log.Has(last, Data.Bytes(2_000_000, 4)).Within());
        Assert.True(await log.Has(other, Data.Bytes(10 << 20, 6)).Within());
        Assert.Empty(await log.CheckAsync().Within());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Readers_and_writers_never_notice_a_compaction(bool durable)
    {
        using var folder = new LogFolder();
        var log = folder.Open(durable, segmentBytes: 300_000);
        await using (log)
        {
            using var end = new CancellationTokenSource();
            await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
            {
                var random = new Random(worker);
                var held = new List<(DiskLocation Location, int Seed)>();
                for (var i = 0; i < 400; i++)
                {
                    var seed = (worker * 100_000) + i;
                    held.Add((await log.Append(Data.Bytes(100 + (seed % 20_000), seed)), seed));
                    if (held.Count > 30)
                    {
                        var at = random.Next(held.Count);
                        log.Free(held[at].Location);
                        held.RemoveAt(at);
                    }

                    var (location, written) = held[random.Next(held.Count)];
                    Assert.True(await log.Has(location, Data.Bytes(100 + (written % 20_000), written)), $"worker {worker}, step {i}: {location}");
                }
            }))).Within();
            Assert.Empty(await log.CheckAsync().Within());
            Assert.Equal(120, log.Locations().Count);
            await log.WaitFor(() => log.Bytes < (2 * log.LiveBytes) + 900_000, "compaction to catch up");
        }

        if (durable)
        {
            await using var again = folder.Open(durable: true);
            Assert.Equal(120, again.Recovered.Count);
        }
    }

    [Fact]
    public async Task A_damaged_record_is_not_moved_and_stays_damaged()
    {
        using var folder = new LogFolder();
        await using var log = folder.Open(segmentBytes: 500_000);
        var locations = new List<DiskLocation>();
        for (var i = 0; i < 40; i++)
        {
            locations.Add(await log.Append(Data.Bytes(20_000, i)).Within());
        }

        var first = folder.Segments[0];
        using (var file = File.OpenHandle(first, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
        {
            // The header of one that lives, and the bytes of another.
            RandomAccess.Write(file, [0xFF, 0xFF], locations[3].Offset + 30);
            RandomAccess.Write(file, [0xFF, 0xFF, 0xFF], locations[7].Offset + 5000);
        }

        for (var i = 10; i < 40; i++)
        {
            log.Free(locations[i]);
        }

        for (var i = 0; i < 10; i++)
        {
            if (i == 7)
            {
                await Assert.ThrowsAsync<ObjectDamagedException>(() => log.Read(locations[7]).Within());
            }
            else
            {
                // The bytes are good, and the header is not needed for reading them.
                Assert.True(await log.Has(locations[i], Data.Bytes(20_000, i)).Within());
            }
        }

        Assert.Equal([locations[3], locations[7]], (await log.CheckAsync().Within()).Select(d => d.Location).OrderBy(l => l.Offset));
        for (var i = 0; i < 10; i++)
        {
            log.Free(locations[i]);
        }

        await log.WaitFor(() => log.Bytes == 0, "damage to go with its segment");
    }
}
