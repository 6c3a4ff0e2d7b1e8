using Iarnet.Store.Disk;

namespace Iarnet.Store.Tests.Disk;

/// <summary>Random calls on a log, and on a dictionary that says what must come out.</summary>
public sealed class SegmentLogModelTests
{
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(6, false)]
    [InlineData(7, false)]
    [InlineData(8, false)]
    public async Task The_log_has_what_the_dictionary_has(int seed, bool durable)
    {
        const int Steps = 1500;
        // In turn where waiting for the disk is real, and where it is quick.
        using var folder = new LogFolder(seed % 3 == 0 ? null : "/dev/shm");
        var random = new Random(seed);
        var model = new Dictionary<DiskLocation, (byte[] Bytes, DiskRecord Record)>();
        var log = folder.Open(durable, segmentBytes: 100_000);
        try
        {
            for (var step = 0; step < Steps; step++)
            {
                switch (random.Next(100))
                {
                    case < 45:
                        await AppendSome(log, model, random).Within($"append at step {step} of seed {seed}");
                        break;
                    case < 80 when model.Count > 0:
                        var freed = Any(model, random);
                        log.Free(freed);
                        model.Remove(freed);
                        break;
                    case < 97 when model.Count > 0:
                        var read = Any(model, random);
                        var bytes = model[read].Bytes;
                        var start = random.Next(bytes.Length + 1);
                        var into = new byte[random.Next(bytes.Length - start + 1)];
                        await log.ReadAsync(read, start, into).Within($"read at step {step} of seed {seed}");
                        Assert.True(bytes.AsSpan(start, into.Length).SequenceEqual(into), $"step {step} of seed {seed}: {read}, {start} + {into.Length}");
                        break;
                    case 99 when durable && random.Next(3) == 0:
                        await log.DisposeAsync().AsTask().Within();
                        log = folder.Open(durable, segmentBytes: 100_000);
                        model = Reopened(log, model);
                        break;
                    default:
                        break;
                }
            }

            Assert.Equal(model.Count, log.Locations().Count);
            Assert.Empty(await log.CheckAsync().Within());
            foreach (var (location, (bytes, _)) in model)
            {
                Assert.True(await log.Has(location, bytes).Within(), $"seed {seed}: {location}");
            }

            foreach (var location in model.Keys)
            {
                log.Free(location);
            }

            await log.WaitFor(() => durable ? log.Bytes <= 200_000 : log.Bytes == 0, $"the space to come back, seed {seed}");
        }
        finally
        {
            await log.DisposeAsync().AsTask().Within();
        }

        Assert.Equal(durable, Directory.Exists(folder.Path));
        if (durable)
        {
            await using var last = folder.Open(durable, segmentBytes: 100_000);
            Assert.Empty(last.Recovered);
        }
    }

    private static async Task AppendSome(SegmentLog log, Dictionary<DiskLocation, (byte[] Bytes, DiskRecord Record)> model, Random random)
    {
        var batch = Enumerable.Range(0, 1 + random.Next(6)).Select(_ =>
        {
            var size = random.Next(20) == 0 ? random.Next(3_000_000) : random.Next(2) == 0 ? random.Next(300) : random.Next(40_000);
            return (Bytes: Data.Bytes(size, random.Next()), Record: LogCalls.Record() with { Metadata = Data.Bytes(random.Next(50), 1), ExpiresAtUnixMs = random.Next() });
        }).ToArray();
        var placed = new DiskLocation[batch.Length];
        await log.AppendAsync(batch.Select(b => new DiskWrite(b.Record, b.Bytes)).ToArray(), placed);
        for (var i = 0; i < batch.Length; i++)
        {
            model.Add(placed[i], batch[i]);
        }
    }

    private static DiskLocation Any(Dictionary<DiskLocation, (byte[] Bytes, DiskRecord Record)> model, Random random) => model.Keys.ElementAt(random.Next(model.Count));

    private static Dictionary<DiskLocation, (byte[] Bytes, DiskRecord Record)> Reopened(
        SegmentLog log, Dictionary<DiskLocation, (byte[] Bytes, DiskRecord Record)> before)
    {
        var byId = before.Values.ToDictionary(v => v.Record.Id);
        Assert.Equal(byId.Count, log.Recovered.Count);
        return log.Recovered.ToDictionary(r => r.Location, r =>
        {
            var known = byId[r.Record.Id];
            Assert.Equal(known.Record with { Metadata = null }, r.Record with { Metadata = null });
            Assert.Equal(known.Record.Metadata!, r.Record.Metadata!);
            return known;
        });
    }
}
