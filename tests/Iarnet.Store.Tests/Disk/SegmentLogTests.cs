using System.Buffers;
using Iarnet.Objects;
using Iarnet.Store.Disk;

namespace Iarnet.Store.Tests.Disk;

public sealed class SegmentLogTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(40_000)]
    [InlineData((1 << 20) - 1)]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) + 1)]
    [InlineData(20_000_003)]
    public async Task What_was_written_is_read(int size)
    {
        using var folder = new LogFolder();
        await using var log = folder.Open();
        var bytes = Data.Bytes(size, size);
        var location = await log.Append(bytes).Within();
        Assert.Equal(size, location.Size);
        Assert.True(await log.Has(location, bytes).Within());
        Assert.Empty(await log.CheckAsync().Within());
    }

    [Fact]
    public async Task Any_range_is_read()
    {
        using var folder = new LogFolder();
        await using var log = folder.Open();
        var bytes = Data.Bytes(6_000_000, 1);
        await log.Append(Data.Bytes(100, 2)).Within();
        var location = await log.Append(bytes).Within();
        var random = new Random(3);
        foreach (var (start, length) in Enumerable.Range(0, 60).Select(_ => (random.Next(6_000_000), random.Next(6_000_000)))
            .Concat([(0, 1 << 20), (1 << 20, 2 << 20), (5 << 20, 6_000_000), (5_999_999, 1), (6_000_000, 0), (0, 6_000_000)]))
        {
            var into = new byte[Math.Min(length, 6_000_000 - start)];
            await log.ReadAsync(location, start, into).Within();
            Assert.True(bytes.AsSpan(start, into.Length).SequenceEqual(into), $"{start} + {into.Length}");
        }

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => log.ReadAsync(location, 5_999_999, new byte[2]).Within());
    }

    [Fact]
    public async Task A_batch_of_objects_large_and_small_in_any_parts_lies_in_order()
    {
        using var folder = new LogFolder();
        await using var log = folder.Open();
        byte[][] objects = [.. Enumerable.Range(0, 200).Select(i => Data.Bytes(i % 7 == 0 ? 100_000 + i : i * 10, i))];
        objects[50] = Data.Bytes(3_000_001, 50);
        var batch = objects.Select((o, i) => i % 3 == 0 && o.Length > 0
            ? new DiskWrite(LogCalls.Record(), Data.Split(o, 1 + (o.Length / 5)))
            : new DiskWrite(LogCalls.Record(), o)).ToArray();
        var placed = new DiskLocation[objects.Length];
        await log.AppendAsync(batch, placed).Within();
        for (var i = 0; i < objects.Length; i++)
        {
            Assert.True(await log.Has(placed[i], objects[i]).Within(), $"object {i}");
        }

        Assert.Equal(folder.BytesOfFiles, log.Bytes);
        Assert.Equal(log.Bytes, log.LiveBytes);
    }

    [Fact]
    public async Task Many_append_at_once_and_each_gets_its_own_back()
    {
        using var folder = new LogFolder();
        await using var log = folder.Open(durable: true);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                var bytes = Data.Bytes((writer * 1000) + i, (writer * 100) + i);
                var location = await log.Append(bytes);
                Assert.True(await log.Has(location, bytes));
            }
        }))).Within();
        Assert.Equal(320, log.Locations().Count);
    }

    [Fact]
    public async Task A_durable_log_has_after_a_restart_what_was_not_freed_with_all_that_belongs_to_it()
    {
        using var folder = new LogFolder();
        var id = ObjectId.New();
        var metadata = Data.Bytes(64 << 10, 9);
        DiskLocation kept;
        await using (var log = folder.Open(durable: true))
        {
            kept = await log.Append(Data.Bytes(3_000_000, 1), new DiskRecord(id, "codec/é", "the owner", metadata, 12345)).Within();
            log.Free(await log.Append(Data.Bytes(1000, 2)).Within());
            await log.Append([], new DiskRecord(id, "", "", [])).Within();
        }

        await using var again = folder.Open(durable: true);
        Assert.Equal(2, again.Recovered.Count);
        var (record, location) = again.Recovered[0];
        Assert.Equal((id, "codec/é", "the owner", 12345L), (record.Id, record.Codec, record.Owner, record.ExpiresAtUnixMs));
        Assert.Equal(metadata, record.Metadata!);
        Assert.Equal(kept.Size, location.Size);
        Assert.True(await again.Has(location, Data.Bytes(3_000_000, 1)).Within());
        Assert.Equal([], again.Recovered[1].Record.Metadata!);
        Assert.Equal(0, again.Recovered[1].Location.Size);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task A_log_that_is_not_durable_begins_empty_and_leaves_nothing()
    {
        using var folder = new LogFolder();
        await using (var durable = folder.Open(durable: true))
        {
            await durable.Append(new byte[1000]).Within();
        }

        await using (var log = folder.Open())
        {
            Assert.Empty(log.Recovered);
            Assert.Empty(folder.Segments);
            await log.Append(new byte[1000]).Within();
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.Segments[0]));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Path));
        }

        Assert.False(Directory.Exists(folder.Path));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_logs_do_not_share_a_folder(bool durable)
    {
        using var folder = new LogFolder();
        await using (var first = folder.Open(durable))
        {
            var location = await first.Append(Data.Bytes(1000, 1)).Within();
            var error = Assert.Throws<IarnetException>(() => folder.Open(durable));
            Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
            Assert.Equal(Data.Bytes(1000, 1), await first.Read(location).Within());
        }

        await using var second = folder.Open(durable);
        Assert.Equal(durable ? 1 : 0, second.Recovered.Count);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_a_typed_error()
    {
        using var folder = new LogFolder();
        File.WriteAllText(folder.Path, "a file");
        try
        {
            Assert.Throws<IarnetException>(() => folder.Open());
        }
        finally
        {
            File.Delete(folder.Path);
        }
    }

    [Fact]
    public async Task What_is_freed_is_not_found_and_freeing_it_again_does_nothing()
    {
        using var folder = new LogFolder();
        await using var log = folder.Open();
        var kept = await log.Append(Data.Bytes(10_000, 1)).Within();
        var freed = await log.Append(Data.Bytes(5000, 2)).Within();
        log.Free(freed);
        log.Free(freed);
        log.Free(new DiskLocation(77, 128, 5));
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => log.Read(freed).Within());
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => log.ReadAsync(kept with { Offset = 64 }, 0, new byte[1]).Within());
        Assert.Equal(Data.Bytes(10_000, 1), await log.Read(kept).Within());
        log.Free(kept);
        await log.WaitFor(() => log.Bytes == 0 && folder.Segments.Length == 0, "the last segment to go");
        Assert.Equal(0, log.LiveBytes);
        Assert.Equal(Data.Bytes(10, 3), await log.Read(await log.Append(Data.Bytes(10, 3)).Within()).Within());
    }

    [Fact]
    public async Task Segments_without_a_living_record_are_deleted()
    {
        using var folder = new LogFolder();
        await using var log = folder.Open(segmentBytes: 100_000);
        var locations = new List<DiskLocation>();
        for (var i = 0; i < 50; i++)
        {
            locations.Add(await log.Append(Data.Bytes(90_000, i)).Within());
        }

        Assert.Equal(50, folder.Segments.Length);
        foreach (var location in locations.Skip(1))
        {
            log.Free(location);
        }

        await log.WaitFor(() => folder.Segments.Length == 1, "49 segments to go");
        await log.WaitFor(() => log.Bytes == folder.BytesOfFiles, "the count to follow");
        Assert.Equal(Data.Bytes(90_000, 0), await log.Read(locations[0]).Within());
    }

    [Fact]
    public async Task An_append_that_is_cancelled_before_its_turn_is_withdrawn_and_one_that_is_refused_keeps_nothing()
    {
        using var folder = new LogFolder();
        await using var log = folder.Open();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => log.Append(new byte[10], cancellationToken: cancelled.Token).Within());
        await Assert.ThrowsAsync<ArgumentException>(() => log.Append(new byte[10], new DiskRecord(ObjectId.New(), new string('x', 1025), "")).Within());
        await Assert.ThrowsAsync<ArgumentException>(() => log.Append(new byte[10], new DiskRecord(ObjectId.New(), "", "", new byte[(64 << 10) + 1])).Within());
        Assert.Equal(0, log.Bytes);

        for (var i = 0; i < 200; i++)
        {
            using var cancel = new CancellationTokenSource();
            var append = log.Append(Data.Bytes(100_000, i), cancellationToken: cancel.Token);
            await cancel.CancelAsync();
            try
            {
                log.Free(await append.Within());
            }
            catch (OperationCanceledException)
            {
            }
        }

        await log.WaitFor(() => log.LiveBytes == 0, "nothing to live");
    }

    [Fact]
    public async Task A_closed_log_has_written_what_it_took_and_takes_no_more()
    {
        using var folder = new LogFolder();
        var log = folder.Open(durable: true);
        var appends = Enumerable.Range(0, 100).Select(i => log.Append(Data.Bytes(10_000, i))).ToArray();
        await log.DisposeAsync().AsTask().Within();
        await log.DisposeAsync().AsTask().Within();
        var locations = await Task.WhenAll(appends).Within();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => log.Append(new byte[1]).Within());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => log.Read(locations[0]).Within());
        await using var again = folder.Open(durable: true);
        Assert.Equal(100, again.Recovered.Count);
    }
}
