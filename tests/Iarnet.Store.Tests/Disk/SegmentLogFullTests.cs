using Iarnet.Store.Disk;

namespace Iarnet.Store.Tests.Disk;

public sealed class SegmentLogFullTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task At_its_limit_the_log_refuses_keeps_nothing_of_it_and_lives_on(bool durable)
    {
        using var folder = new LogFolder();
        await using var log = folder.Open(durable, limit: 4 << 20);
        var held = new List<DiskLocation>();
        var error = await Assert.ThrowsAsync<StoreFullException>(async () =>
        {
            while (held.Count < 1000)
            {
                held.Add(await log.Append(Data.Bytes(100_000, held.Count)).Within());
            }
        });
        Assert.Contains("of 4194304 bytes", error.Message, StringComparison.Ordinal);
        Assert.InRange(held.Count, 30, 41);
        Assert.InRange(log.Bytes, 3 << 20, 4 << 20);
        Assert.Equal(folder.BytesOfFiles, log.Bytes);
        for (var i = 0; i < held.Count; i++)
        {
            Assert.True(await log.Has(held[i], Data.Bytes(100_000, i)).Within());
        }

        // Larger than everything: at once, and no compaction is waited for.
        await Assert.ThrowsAsync<StoreFullException>(() => log.Append(new byte[5 << 20]).Within());
        foreach (var location in held)
        {
            log.Free(location);
        }

        var again = await log.Append(Data.Bytes(3 << 20, 1)).Within();
        Assert.True(await log.Has(again, Data.Bytes(3 << 20, 1)).Within());
    }

    [Fact]
    public async Task A_full_log_that_has_garbage_is_compacted_rather_than_refused()
    {
        using var folder = new LogFolder();
        await using var log = folder.Open(limit: 4 << 20);
        var held = new Dictionary<DiskLocation, int>();
        var order = new Queue<DiskLocation>();
        var random = new Random(1);

        // Ten times the limit goes through, with about half of it alive and the dead spread evenly.
        for (var i = 0; i < 4000; i++)
        {
            var location = await log.Append(Data.Bytes(10_000, i)).Within();
            held.Add(location, i);
            while (held.Count > 200)
            {
                var freed = held.Keys.ElementAt(random.Next(held.Count));
                log.Free(freed);
                held.Remove(freed);
            }

            Assert.InRange(log.Bytes, 0, log.Limit);
        }

        Assert.Empty(await log.CheckAsync().Within());
        foreach (var (location, i) in held)
        {
            Assert.True(await log.Has(location, Data.Bytes(10_000, i)).Within());
        }
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 1)]
    [InlineData(true, 7)]
    public async Task A_disk_that_fills_up_in_the_middle_of_an_append_is_a_typed_error_and_what_was_half_written_is_taken_back(bool durable, int batch)
    {
        using var small = new SmallTmpfs("8m");
        using var folder = new LogFolder(small.Path);
        var written = new Dictionary<DiskLocation, int>();
        var log = folder.Open(durable, segmentBytes: 64 << 20);
        await using (log)
        {
            var next = 0;
            var error = await Assert.ThrowsAsync<StoreFullException>(async () =>
            {
                while (next < 100)
                {
                    var placed = new DiskLocation[batch];
                    await log.AppendAsync(Enumerable.Range(next, batch).Select(i => new DiskWrite(LogCalls.Record(i.ToString()), Data.Bytes(300_000, i))).ToArray(), placed).Within();
                    foreach (var location in placed)
                    {
                        written.Add(location, next++);
                    }
                }
            });
            Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
            Assert.InRange(written.Count, 20, 27);
            Assert.Equal(folder.BytesOfFiles, log.Bytes);
            Assert.Equal(log.LiveBytes, log.Bytes);

            // What is smaller still goes in, and what was there is there.
            var little = await log.Append(Data.Bytes(1000, 1), LogCalls.Record("little")).Within();
            Assert.True(await log.Has(little, Data.Bytes(1000, 1)).Within());
            foreach (var (location, i) in written)
            {
                Assert.True(await log.Has(location, Data.Bytes(300_000, i)).Within());
            }

            Assert.Empty(await log.CheckAsync().Within());
        }

        if (durable)
        {
            await using (var again = folder.Open(durable: true, segmentBytes: 64 << 20))
            {
                Assert.Equal(written.Count + 1, again.Recovered.Count);
                foreach (var (_, location) in again.Recovered)
                {
                    again.Free(location);
                }

                await again.WaitFor(() => again.Bytes < 100_000, "all to go, though there was no room for a tombstone");
                Assert.True(await again.Has(await again.Append(Data.Bytes(5 << 20, 3)).Within(), Data.Bytes(5 << 20, 3)).Within());
            }
        }
    }

    [Fact]
    public async Task When_many_append_to_a_disk_that_fills_up_only_those_fail_for_which_there_is_no_room()
    {
        using var small = new SmallTmpfs("8m");
        using var folder = new LogFolder(small.Path);
        await using var log = folder.Open(segmentBytes: 64 << 20);
        var appends = Enumerable.Range(0, 40).Select(i => log.Append(Data.Bytes(300_000, i))).ToArray();
        var written = 0;
        for (var i = 0; i < appends.Length; i++)
        {
            try
            {
                Assert.True(await log.Has(await appends[i].Within(), Data.Bytes(300_000, i)).Within());
                written++;
            }
            catch (StoreFullException)
            {
            }
        }

        Assert.InRange(written, 20, 27);
    }
}
