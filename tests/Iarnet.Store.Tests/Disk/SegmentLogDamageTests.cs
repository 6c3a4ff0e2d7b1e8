using Iarnet.Objects;
using Iarnet.Store.Disk;

namespace Iarnet.Store.Tests.Disk;

public sealed class SegmentLogDamageTests
{
    // Of the records below, headers have 80 bytes; the second object has two blocks.
    private static readonly int[] Sizes = [1000, 1_500_000, 0, 70_000, 333];

    [Fact]
    public async Task A_flipped_bit_anywhere_is_found_when_it_is_read_and_hurts_nothing_else()
    {
        using var folder = new LogFolder();
        await using var log = folder.Open(durable: true, segmentBytes: 64 << 20);
        var locations = await Fill(log).Within();
        var file = folder.Segments.Single();
        foreach (var offset in Places(locations, new FileInfo(file).Length))
        {
            Flip(file, offset);
            var damaged = await log.CheckAsync().Within();
            var owner = locations.FindLastIndex(l => l.Offset <= offset);
            Assert.True(damaged.Count <= 1 && damaged.All(d => d.Location == locations[owner]), $"byte {offset}");
            Assert.True(damaged.Count == 1 || IsPadding(locations[owner], offset), $"byte {offset} is not missed");
            for (var i = 0; i < locations.Count; i++)
            {
                try
                {
                    Assert.True(await log.Has(locations[i], Data.Bytes(Sizes[i], i)).Within(), $"byte {offset}, object {i}");
                }
                catch (ObjectDamagedException)
                {
                    Assert.Equal(owner, i);
                }
            }

            Flip(file, offset);
        }

        Assert.Empty(await log.CheckAsync().Within());
    }

    [Fact]
    public async Task A_block_that_is_whole_is_read_though_another_of_its_object_is_not()
    {
        using var folder = new LogFolder();
        await using var log = folder.Open();
        var bytes = Data.Bytes(3_000_000, 1);
        var location = await log.Append(bytes).Within();
        Flip(folder.Segments.Single(), location.Offset + 80 + 2_500_000);
        var first = new byte[2_000_000];
        await log.ReadAsync(location, 0, first).Within();
        Assert.True(bytes.AsSpan(0, first.Length).SequenceEqual(first));
        var error = await Assert.ThrowsAsync<ObjectDamagedException>(() => log.ReadAsync(location, 2_999_999, new byte[1]).Within());
        Assert.Contains("block 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_flipped_bit_anywhere_a_restart_has_all_other_objects_and_no_wrong_byte()
    {
        using var folder = new LogFolder();
        List<DiskLocation> locations;
        await using (var log = folder.Open(durable: true, segmentBytes: 64 << 20))
        {
            locations = await Fill(log).Within();
        }

        var length = new FileInfo(folder.Segments.Single()).Length;
        foreach (var offset in Places(locations, length))
        {
            using var copy = folder.Copy();
            Flip(copy.Segments.Single(), offset);
            await using var again = copy.Open(durable: true, segmentBytes: 64 << 20);
            var owner = locations.FindLastIndex(l => l.Offset <= offset);
            var found = again.Recovered.ToDictionary(r => int.Parse(r.Record.Codec), r => r.Location);
            for (var i = 0; i < Sizes.Length; i++)
            {
                if (!found.TryGetValue(i, out var location))
                {
                    Assert.Equal(owner, i);
                    continue;
                }

                try
                {
                    Assert.True(await again.Has(location, Data.Bytes(Sizes[i], i)).Within(), $"byte {offset}, object {i}");
                }
                catch (ObjectDamagedException)
                {
                    Assert.Equal(owner, i);
                }
            }

            // And the log lives on.
            var added = await again.Append(Data.Bytes(100, 77)).Within();
            Assert.True(await again.Has(added, Data.Bytes(100, 77)).Within());
        }
    }

    [Fact]
    public async Task A_file_that_is_cut_off_under_the_log_is_damage_for_what_lay_there_only()
    {
        using var folder = new LogFolder();
        await using var log = folder.Open(segmentBytes: 64 << 20);
        var locations = await Fill(log).Within();
        using (var file = File.OpenHandle(folder.Segments.Single(), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
        {
            RandomAccess.SetLength(file, locations[3].Offset + 500);
        }

        Assert.True(await log.Has(locations[1], Data.Bytes(Sizes[1], 1)).Within());
        await Assert.ThrowsAsync<ObjectDamagedException>(() => log.Read(locations[3]).Within());
        await Assert.ThrowsAsync<ObjectDamagedException>(() => log.Read(locations[4]).Within());
        Assert.Equal([locations[3], locations[4]], (await log.CheckAsync().Within()).Select(d => d.Location));
    }

    [Fact]
    public async Task Bytes_of_an_object_that_look_like_a_record_are_not_taken_for_one()
    {
        using var folder = new LogFolder();
        byte[] stolen;
        await using (var log = folder.Open(durable: true, segmentBytes: 64 << 20))
        {
            await Fill(log).Within();
            stolen = new byte[(await File.ReadAllBytesAsync(folder.Segments.Single())).Length & ~63];
            Array.Copy(await File.ReadAllBytesAsync(folder.Segments.Single()), stolen, stolen.Length);
        }

        using var other = new LogFolder();
        DiskLocation location;
        await using (var log = other.Open(durable: true, segmentBytes: 64 << 20))
        {
            // So that they lie where a record could lie: 48 bytes more make the header 128 long.
            location = await log.Append(stolen, new DiskRecord(ObjectId.New(), "raw", "owner", new byte[48])).Within();
            Assert.True((await File.ReadAllBytesAsync(other.Segments.Single())).AsSpan((int)location.Offset + 128).StartsWith(stolen));
            await log.Append(Data.Bytes(10, 1), LogCalls.Record("last")).Within();
        }

        Flip(other.Segments.Single(), location.Offset + 20);
        await using var again = other.Open(durable: true, segmentBytes: 64 << 20);
        Assert.Equal("last", again.Recovered.Single().Record.Codec);
    }

    [Fact]
    public async Task A_file_that_is_no_segment_at_all_is_set_aside_and_files_of_others_are_left()
    {
        using var folder = new LogFolder();
        await using (var log = folder.Open(durable: true))
        {
            await log.Append(Data.Bytes(10, 1)).Within();
        }

        var noise = Path.Combine(folder.Path, SegmentName.Of(7, 7));
        await File.WriteAllBytesAsync(noise, Data.Bytes(200_000, 1));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "notes" + SegmentName.Ending), "mine");
        await using var again = folder.Open(durable: true);
        Assert.Single(again.Recovered);
        Assert.True(File.Exists(noise + SegmentName.DamagedEnding));
        Assert.True(File.Exists(Path.Combine(folder.Path, "notes" + SegmentName.Ending)));
        Assert.True(await again.Has(await again.Append(Data.Bytes(10, 2)).Within(), Data.Bytes(10, 2)).Within());
    }

    private static async Task<List<DiskLocation>> Fill(SegmentLog log)
    {
        var locations = new List<DiskLocation>();
        for (var i = 0; i < Sizes.Length; i++)
        {
            locations.Add(await log.Append(Data.Bytes(Sizes[i], i), LogCalls.Record(i.ToString())));
        }

        return locations;
    }

    // Every byte of the first header and of what follows its bytes, and some of everything else.
    private static IEnumerable<long> Places(List<DiskLocation> locations, long length) =>
        Enumerable.Range(0, 82).Select(i => (long)i)
            .Concat(Enumerable.Range(1080, 80).Select(i => (long)i))
            .Concat(locations.SelectMany(l => new[] { l.Offset + 3, l.Offset + 4, l.Offset + 25, l.Offset + 57, l.Offset + 75 }))
            .Concat(locations.SelectMany(l => new[] { l.Offset + 90, l.Offset + 80 + (l.Size / 2), l.Offset + 80 + l.Size - 1, l.Offset + 80 + l.Size, l.Offset + 80 + l.Size + 5 }))
            .Where(p => p < length).Distinct().Order();

    // Behind the trailer.
    private static bool IsPadding(DiskLocation location, long offset) => offset >= location.Offset + 80 + location.Size + RecordFormat.TrailerBytes(location.Size);

    private static void Flip(string path, long offset)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> one = stackalloc byte[1];
        Assert.Equal(1, RandomAccess.Read(file, one, offset));
        one[0] ^= (byte)(1 << (int)(offset % 8));
        RandomAccess.Write(file, one, offset);
    }
}
