using Iarnet.Store.Disk;

namespace Iarnet.Store.Tests.Disk;

/// <summary>What a killed process leaves: some first part of what it wrote.</summary>
public sealed class SegmentLogCrashTests
{
    [Fact]
    public async Task Cut_off_after_any_byte_a_restart_has_exactly_the_objects_that_lie_before()
    {
        int[] sizes = [100, 0, 3000, 64, 200];
        using var folder = new LogFolder();
        var ends = new List<long>();
        await using (var log = folder.Open(durable: true))
        {
            for (var i = 0; i < sizes.Length; i++)
            {
                await log.Append(Data.Bytes(sizes[i], i), LogCalls.Record(i.ToString())).Within();
                ends.Add(log.Bytes);
            }
        }

        var name = Path.GetFileName(folder.Segments.Single());
        var written = await File.ReadAllBytesAsync(folder.Segments.Single());

        // In memory: it is opened a thousand times.
        using var crashed = new LogFolder("/dev/shm");
        Directory.CreateDirectory(crashed.Path);
        for (var length = 0; length <= written.Length; length += length < 400 || length > 3600 ? 1 : 7)
        {
            foreach (var file in crashed.Segments)
            {
                File.Delete(file);
            }

            await File.WriteAllBytesAsync(Path.Combine(crashed.Path, name), written[..length]);
            await using var again = crashed.Open(durable: true);
            var whole = ends.Count(e => e <= length);

            // The zeros that fill up the last one may be missing.
            Assert.InRange(again.Recovered.Count, whole, whole + 1);
            Assert.True(again.Recovered.Count == whole || length > ends[whole] - 64, $"{length} bytes");
            for (var i = 0; i < again.Recovered.Count; i++)
            {
                Assert.Equal(i.ToString(), again.Recovered[i].Record.Codec);
                Assert.True(await again.Has(again.Recovered[i].Location, Data.Bytes(sizes[i], i)).Within(), $"{length} bytes, object {i}");
            }
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task Killed_at_any_moment_a_restart_has_what_was_acknowledged_and_nothing_torn(int seed)
    {
        var random = new Random(seed);
        using var folder = new LogFolder();
        var acknowledged = new Dictionary<string, (DiskLocation Location, int Seed)>();
        var unfreed = new HashSet<string>();
        await using var log = folder.Open(durable: true, segmentBytes: 100_000);
        for (var round = 0; round < 30; round++)
        {
            for (var i = 0; i < 12; i++)
            {
                var name = $"{round}.{i}";
                var size = random.Next(30_000);
                var placed = await log.Append(Data.Bytes(size, size), LogCalls.Record(name)).Within();
                acknowledged.Add(name, (placed, size));
            }

            foreach (var name in acknowledged.Keys.Where(_ => random.Next(3) == 0).ToArray())
            {
                log.Free(acknowledged[name].Location);
                acknowledged.Remove(name);
                unfreed.Add(name);
            }

            // One more, under way while the files are looked at as a crash would leave them.
            var underWay = Task.Run(() => log.Append(Data.Bytes(200_000, 200_000), LogCalls.Record("under way " + round)));
            using var crashed = CopyOfARunningLog(folder);
            var late = await underWay.Within();
            log.Free(late);
            await using var again = crashed.Open(durable: true, segmentBytes: 100_000);
            var found = again.Recovered.ToDictionary(r => r.Record.Codec, r => r.Location);
            foreach (var (name, (_, size)) in acknowledged)
            {
                Assert.True(found.ContainsKey(name), $"seed {seed}, round {round}: {name} is lost");
                Assert.True(await again.Has(found[name], Data.Bytes(size, size)).Within());
            }

            // What was freed may come back until its tombstone is written, but nothing that never was.
            Assert.All(found.Keys.Except(acknowledged.Keys), name => Assert.True(unfreed.Contains(name) || name.StartsWith("under way", StringComparison.Ordinal), name));
            Assert.Empty(await again.CheckAsync().Within());
        }
    }

    [Fact]
    public async Task What_was_freed_and_written_so_does_not_come_back_though_compaction_moved_it_about()
    {
        using var folder = new LogFolder();
        var random = new Random(5);
        var kept = new Dictionary<string, DiskLocation>();
        for (var restart = 0; restart < 12; restart++)
        {
            await using var log = folder.Open(durable: true, segmentBytes: 64 << 10);
            Assert.Equal(kept.Keys.Order(), log.Recovered.Select(r => r.Record.Codec).Order());
            kept = log.Recovered.ToDictionary(r => r.Record.Codec, r => r.Location);
            for (var i = 0; i < 100; i++)
            {
                kept.Add($"{restart}.{i}", await log.Append(Data.Bytes(random.Next(4000), i), LogCalls.Record($"{restart}.{i}")).Within());
            }

            foreach (var name in kept.Keys.Where(_ => random.Next(100) < 60).ToArray())
            {
                log.Free(kept[name]);
                kept.Remove(name);
            }
        }
    }

    // As kill -9 would: what the system has of each file, one after the other. The log must not delete in between what was not yet copied,
    // so a file that went is left out, as it would be had the process been killed a little later.
    private static LogFolder CopyOfARunningLog(LogFolder folder)
    {
        while (true)
        {
            var copy = new LogFolder();
            Directory.CreateDirectory(copy.Path);
            var before = folder.Segments;
            try
            {
                foreach (var file in before)
                {
                    using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                    using var to = File.Create(Path.Combine(copy.Path, Path.GetFileName(file)));
                    from.CopyTo(to);
                }

                if (folder.Segments.Length >= before.Length && before.All(File.Exists))
                {
                    return copy;
                }
            }
            catch (FileNotFoundException)
            {
            }

            copy.Dispose();
        }
    }
}
