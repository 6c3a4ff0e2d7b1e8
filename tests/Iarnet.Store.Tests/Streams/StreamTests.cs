using System.Text;
using Iarnet.Objects;

namespace Iarnet.Store.Tests.Streams;

/// <summary>A stream's life in one process.</summary>
public sealed class StreamTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private ObjectStore _store = null!;

    public async Task InitializeAsync() => _store = await ObjectStore.OpenAsync(new ObjectStoreOptions { MemoryLimit = 64 << 20 });

    public async Task DisposeAsync()
    {
        await _store.CheckIntegrityAsync();
        await _store.DisposeAsync().Within();
    }

    [Fact]
    public async Task What_is_written_is_read_in_order_by_all_who_read()
    {
        await using var writer = await _store.CreateStreamAsync().Within();
        await using var early = await _store.OpenStreamAsync(writer.Reference).Within();
        var reading = ReadAll(early);
        var chunks = Enumerable.Range(0, 500).Select(i => Data.Bytes(i * 37 % 20_000, i)).ToArray();
        foreach (var chunk in chunks)
        {
            await writer.WriteAsync(chunk).Within();
        }

        Assert.Equal(500, writer.Offset);
        await writer.CompleteAsync().Within();
        await using var late = await _store.OpenStreamAsync(writer.Reference).Within();
        Assert.Equal(chunks, await reading.Within());
        Assert.Equal(chunks, await ReadAll(late).Within());
        Assert.Null(await late.ReadAsync().Within());
        _store.Release(writer.Reference);
        Empty();
    }

    [Fact]
    public async Task A_reader_from_the_end_gets_what_comes_from_now_on()
    {
        await using var writer = await _store.CreateStreamAsync().Within();
        await Write(writer, "a", "b");
        await using var reader = await _store.OpenStreamAsync(writer.Reference, new StreamReadOptions { FromEnd = true }).Within();
        await using var third = await _store.OpenStreamAsync(writer.Reference, new StreamReadOptions { From = 3 }).Within();
        var waiting = reader.ReadAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        await Write(writer, "c", "d");
        await writer.CompleteAsync().Within();
        Assert.Equal("c", Text(await waiting.Within()));
        Assert.Equal("d", Text(await reader.ReadAsync().Within()));
        Assert.Null(await reader.ReadAsync().Within());
        Assert.Equal("d", Text(await third.ReadAsync().Within()));
        Assert.Equal(4, third.Position);
    }

    [Fact]
    public async Task Chunks_are_read_by_their_offset_also_before_they_are_written()
    {
        await using var writer = await _store.CreateStreamAsync().Within();
        await Write(writer, "a", "b");
        await using var reader = await _store.OpenStreamAsync(writer.Reference).Within();
        Assert.Equal("b", Text(await reader.GetChunkAsync(1, TimeSpan.Zero).Within()));
        Assert.Equal("a", Text(await reader.GetChunkAsync(0, TimeSpan.Zero).Within()));
        await Assert.ThrowsAsync<CallTimeoutException>(() => reader.GetChunkAsync(2, TimeSpan.FromMilliseconds(20)).Within());
        var third = reader.GetChunkAsync(3, Long).AsTask();
        await Write(writer, "c");
        Assert.False(third.IsCompleted);
        await Write(writer, "d");
        Assert.Equal("d", Text(await third.Within()));
        var fifth = reader.GetChunkAsync(5, Long).AsTask();
        await writer.CompleteAsync().Within();
        Assert.Null(await fifth.Within());
        Assert.Equal(0, reader.Position);
        Assert.Equal("a", Text(await reader.ReadAsync().Within()));
    }

    [Fact]
    public async Task The_error_of_the_writer_reaches_every_reader_behind_the_chunks_before_it()
    {
        await using var writer = await _store.CreateStreamAsync().Within();
        await using var early = await _store.OpenStreamAsync(writer.Reference).Within();
        await Write(writer, "a");
        Assert.Equal("a", Text(await early.ReadAsync().Within()));
        var waiting = early.ReadAsync().AsTask();
        await writer.FailAsync("the disk burns").Within();
        await using var late = await _store.OpenStreamAsync(writer.Reference).Within();
        Assert.Equal("a", Text(await late.ReadAsync().Within()));
        foreach (var read in new[] { waiting, late.ReadAsync().AsTask(), late.GetChunkAsync(7, Long).AsTask() })
        {
            var error = await Assert.ThrowsAsync<StreamFailedException>(() => read.Within());
            Assert.Contains("the disk burns", error.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<StreamFailedException>(() => _store.GetAsync(writer.Reference).Within());
        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.WriteAsync(new byte[1]).Within());
        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.CompleteAsync().Within());
    }

    [Fact]
    public async Task A_writer_that_is_disposed_without_a_word_abandons_its_stream()
    {
        var writer = await _store.CreateStreamAsync().Within();
        await using var reader = await _store.OpenStreamAsync(writer.Reference).Within();
        await Write(writer, "a");
        await writer.DisposeAsync().Within();
        Assert.Equal("a", Text(await reader.ReadAsync().Within()));
        await Assert.ThrowsAsync<StreamAbandonedException>(() => reader.ReadAsync().Within());
        await Assert.ThrowsAsync<StreamAbandonedException>(() => writer.WriteAsync(new byte[1]).Within());
        await Assert.ThrowsAsync<StreamAbandonedException>(() => _store.GetAsync(reader.Reference).Within());
        Assert.Equal(StreamState.Abandoned, _store.StatStream(reader.Reference)!.State);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Who_reads_or_writes_hears_that_the_stream_is_gone(int how)
    {
        await using var writer = await _store.CreateStreamAsync(new StreamOptions { Owner = "me", BufferChunks = 2 }).Within();
        await using var reader = await _store.OpenStreamAsync(writer.Reference, new StreamReadOptions { FromEnd = true }).Within();
        await using var slow = await _store.OpenStreamAsync(writer.Reference).Within();
        await Write(writer, "a", "b");
        Assert.Equal("a", Text(await reader.ReadAsync().Within()));
        Assert.Equal("b", Text(await reader.ReadAsync().Within()));
        using var held = await slow.GetChunkAsync(0, TimeSpan.Zero).Within();
        var (reading, writing) = (reader.ReadAsync().AsTask(), writer.WriteAsync(new byte[100]).AsTask());
        switch (how)
        {
            case 0:
                _store.Release(writer.Reference);
                break;
            case 1:
                _store.Delete(writer.Reference);
                break;
            case 2:
                _store.ReleaseOwner("me");
                break;
            default:
                await _store.DisposeAsync().Within();
                break;
        }

        await Assert.ThrowsAsync<StreamAbandonedException>(() => reading.Within());
        await Assert.ThrowsAsync<StreamAbandonedException>(() => writing.Within());
        Assert.Equal("a", Encoding.UTF8.GetString(held!.Span));
        held.Dispose();
        if (how < 3)
        {
            await Assert.ThrowsAsync<ObjectNotFoundException>(() => _store.OpenStreamAsync(writer.Reference).Within());
            await Assert.ThrowsAsync<ObjectNotFoundException>(() => _store.GetAsync(writer.Reference).Within());
        }

        Empty();
    }

    [Fact]
    public async Task A_reader_waits_for_a_stream_that_is_not_created_yet()
    {
        var id = ObjectId.New();
        var reference = new ObjectRef(id, _store.Source);
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => _store.OpenStreamAsync(reference).Within());
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => _store.OpenStreamAsync(reference, new StreamReadOptions { Wait = TimeSpan.FromMilliseconds(20) }).Within());
        var opening = _store.OpenStreamAsync(reference, new StreamReadOptions { Wait = Long }).AsTask();
        await using var writer = await _store.CreateStreamAsync(new StreamOptions { Id = id }).Within();
        await using var reader = await opening.Within();
        await Write(writer, "a");
        Assert.Equal("a", Text(await reader.ReadAsync().Within()));
        await Assert.ThrowsAsync<ArgumentException>(() => _store.CreateStreamAsync(new StreamOptions { Id = id }).Within());
        var put = await _store.PutAsync(new byte[1], CodecNames.Raw).Within();
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => _store.OpenStreamAsync(put).Within());
    }

    [Fact]
    public async Task Every_wait_ends_by_its_deadline_and_by_cancellation_and_loses_nothing()
    {
        await using var writer = await _store.CreateStreamAsync(new StreamOptions { BufferChunks = 1 }).Within();
        await using var reader = await _store.OpenStreamAsync(writer.Reference).Within();
        var soon = TimeSpan.FromMilliseconds(20);
        await Assert.ThrowsAsync<CallTimeoutException>(() => reader.ReadAsync(soon).Within());
        await Cancelled(token => reader.ReadAsync(token).AsTask());
        await Cancelled(token => reader.GetChunkAsync(0, Long, token).AsTask());
        await Cancelled(token => _store.GetAsync(writer.Reference, Long, token).AsTask());
        await Cancelled(token => _store.OpenStreamAsync(new ObjectRef(ObjectId.New(), _store.Source), new StreamReadOptions { Wait = Long }, token).AsTask());
        await Write(writer, "a");
        await Assert.ThrowsAsync<CallTimeoutException>(() => writer.WriteAsync(new byte[1], soon).Within());
        await Cancelled(token => writer.WriteAsync(new byte[1], token).AsTask());
        await Cancelled(token => writer.WriteManyAsync([new byte[1], new byte[2]], token).AsTask());
        Assert.Equal(1, writer.Offset);
        Assert.Equal("a", Text(await reader.ReadAsync().Within()));
        await Write(writer, "b");
        Assert.Equal("b", Text(await reader.ReadAsync().Within()));
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => _store.GetAsync(writer.Reference, soon).Within());
    }

    [Fact]
    public async Task The_completed_stream_is_one_object_and_still_has_its_chunks()
    {
        await using var writer = await _store.CreateStreamAsync(new StreamOptions { Codec = "mine", Metadata = new Dictionary<string, string> { ["k"] = "v" } }).Within();
        await using var reader = await _store.OpenStreamAsync(writer.Reference).Within();
        var chunks = Enumerable.Range(0, 300).Select(i => (ReadOnlyMemory<byte>)Data.Bytes(i * 37 % 9_000, i)).ToArray();
        await writer.WriteManyAsync(chunks).Within();
        using var held = await reader.ReadAsync().Within();
        var getting = Enumerable.Range(0, 4).Select(_ => _store.GetAsync(writer.Reference, Long).AsTask()).ToArray();
        Assert.All(getting, g => Assert.False(g.IsCompleted));
        await writer.CompleteAsync().Within();
        foreach (var get in getting)
        {
            using var whole = await get.Within();
            Assert.Equal(chunks.SelectMany(c => c.ToArray()), whole.Span.ToArray());
            Assert.Equal(("mine", "v"), (whole.Codec, whole.Metadata!["k"]));
        }

        held!.Dispose();
        Assert.Equal((1, 0), (_store.Statistics.Objects, _store.Statistics.Leases));
        Assert.Equal(chunks.Sum(c => c.Length), _store.Stat(writer.Reference)!.Size);
        await using var late = await _store.OpenStreamAsync(writer.Reference).Within();
        Assert.Equal(chunks[1..].Select(c => c.ToArray()), await ReadAll(reader).Within());
        Assert.Equal(chunks.Select(c => c.ToArray()), await ReadAll(late).Within());
        await _store.CheckIntegrityAsync();
        _store.Release(writer.Reference);
        await Assert.ThrowsAsync<StreamAbandonedException>(() => late.ReadAsync().Within());
        Empty();
    }

    [Fact]
    public async Task A_stream_that_is_not_retained_has_only_what_is_not_read()
    {
        await using var writer = await _store.CreateStreamAsync(new StreamOptions { Retain = false, BufferChunks = 10 }).Within();
        await using var reader = await _store.OpenStreamAsync(writer.Reference).Within();
        for (var i = 0; i < 1000; i++)
        {
            await writer.WriteAsync(BitConverter.GetBytes(i)).Within();
            using var chunk = await reader.ReadAsync().Within();
            Assert.Equal(i, BitConverter.ToInt32(chunk!.Span));
        }

        Assert.Equal(1, _store.Statistics.Objects);
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => reader.GetChunkAsync(5, TimeSpan.Zero).Within());
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => _store.OpenStreamAsync(writer.Reference, new StreamReadOptions { From = 5 }).Within());
        await writer.CompleteAsync().Within();
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => _store.GetAsync(writer.Reference).Within());
        Assert.Null(await reader.ReadAsync().Within());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_writer_is_ahead_of_the_slowest_reader_by_the_buffer_and_no_chunk_more(bool retain)
    {
        await using var writer = await _store.CreateStreamAsync(new StreamOptions { Retain = retain, BufferChunks = 5, BufferBytes = 100 }).Within();
        await using var fast = await _store.OpenStreamAsync(writer.Reference).Within();
        var slow = await _store.OpenStreamAsync(writer.Reference).Within();
        await Fill(writer, 10, 5);
        await Drain(fast, 5);
        await Stuck(writer, 1);
        await Drain(slow, 2);
        await Fill(writer, 30, 2);

        // Chunks of 10, 10, 10, 30, 30 are ahead of the slow one: full by number. One more read: 10, 10, 30, 30, room for 20 bytes.
        await Drain(slow, 1);
        await Stuck(writer, 21);
        await Fill(writer, 20, 1);
        await Stuck(writer, 0);

        // The slow one is gone; the other one has 30, 30, 20 before it.
        var waiting = writer.WriteAsync(new byte[15]).AsTask();
        Assert.False(waiting.IsCompleted);
        await slow.DisposeAsync().Within();
        await waiting.Within();
        await Drain(fast, 4);

        // Alone it may be larger than the buffer.
        await Fill(writer, 500, 1);
        await Stuck(writer, 0);
        await Drain(fast, 1);
        Assert.Equal(retain ? 11 : 1, _store.Statistics.Objects);
    }

    [Fact]
    public async Task Without_readers_a_stream_waits_for_one_unless_it_is_retained()
    {
        await using var kept = await _store.CreateStreamAsync(new StreamOptions { BufferChunks = 2 }).Within();
        await Fill(kept, 100, 50);
        await using var passing = await _store.CreateStreamAsync(new StreamOptions { Retain = false, BufferChunks = 2 }).Within();
        await Fill(passing, 100, 2);
        var waiting = passing.WriteAsync(new byte[100]).AsTask();
        Assert.False(waiting.IsCompleted);
        var reader = await _store.OpenStreamAsync(passing.Reference).Within();
        await Drain(reader, 1);
        await waiting.Within();
        await reader.DisposeAsync().Within();

        // What nobody has passed stays for the next reader.
        await Stuck(passing, 1);
        await using var next = await _store.OpenStreamAsync(passing.Reference).Within();
        Assert.Equal(1, next.Position);
        await Drain(next, 2);
    }

    [Fact]
    public async Task A_stream_moves_to_another_owner_with_its_chunks()
    {
        await using var writer = await _store.CreateStreamAsync(new StreamOptions { Owner = "a" }).Within();
        await Write(writer, "1", "2");
        Assert.True(_store.Adopt(writer.Reference, "b", "a"));
        await Write(writer, "3");
        _store.ReleaseOwner("a");
        await Write(writer, "4");
        await writer.CompleteAsync().Within();
        using (var whole = await _store.GetAsync(writer.Reference).Within())
        {
            Assert.Equal("1234", Encoding.UTF8.GetString(whole.Span));
        }

        await _store.CheckIntegrityAsync();
        _store.ReleaseOwner("b");
        Empty();
    }

    [Fact]
    public async Task A_store_that_is_full_refuses_a_chunk_and_takes_it_later()
    {
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { MemoryLimit = 1 << 20, FullWait = TimeSpan.FromMilliseconds(20) });
        await using var writer = await store.CreateStreamAsync(new StreamOptions { BufferBytes = long.MaxValue }).Within();
        var other = await store.PutAsync(new byte[600_000], CodecNames.Raw).Within();
        await Fill(writer, 300_000, 1);
        await Assert.ThrowsAsync<StoreFullException>(() => writer.WriteAsync(new byte[300_000]).Within());
        store.Release(other);
        await Fill(writer, 300_000, 1);
        await writer.CompleteAsync().Within();

        // No room for the whole beside its chunks: they are still there.
        await Fails<StoreFullException>(() => store.GetAsync(writer.Reference).Within());
        await using var reader = await store.OpenStreamAsync(writer.Reference).Within();
        Assert.Equal([300_000, 300_000], (await ReadAll(reader).Within()).Select(c => c.Length));
        await store.CheckIntegrityAsync();
    }

    [Fact]
    public async Task Chunks_count_for_the_quota_of_the_owner_and_one_object_of_them_needs_no_more_of_it()
    {
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { OwnerQuota = _ => 10_000 });
        await using var writer = await store.CreateStreamAsync(new StreamOptions { Owner = "a" }).Within();
        await Fill(writer, 3_000, 3);
        await Assert.ThrowsAsync<QuotaExceededException>(() => writer.WriteAsync(new byte[3_000]).Within());
        await writer.CompleteAsync().Within();
        using (await store.GetAsync(writer.Reference).Within())
        {
            await Fails<QuotaExceededException>(() => store.PutAsync(new byte[1_001], CodecNames.Raw, "a").Within());
        }

        await store.CheckIntegrityAsync();
        store.Release(writer.Reference, "a");
        await store.PutAsync(new byte[10_000], CodecNames.Raw, "a").Within();
    }

    [Fact]
    public async Task One_call_at_a_time_and_none_after_disposal()
    {
        await using var writer = await _store.CreateStreamAsync(new StreamOptions { BufferChunks = 1 }).Within();
        var reader = await _store.OpenStreamAsync(writer.Reference).Within();
        var read = reader.ReadAsync().AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => reader.ReadAsync().AsTask());
        await Write(writer, "a");
        Assert.Equal("a", Text(await read.Within()));
        await Write(writer, "b");
        var write = writer.WriteAsync(new byte[1]).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.WriteAsync(new byte[1]).AsTask());
        await reader.DisposeAsync().Within();
        await write.Within();
        await reader.DisposeAsync().Within();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => reader.ReadAsync().AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => reader.GetChunkAsync(0, TimeSpan.Zero).AsTask());
    }

    private static async Task Fails<T>(Func<Task> act)
        where T : Exception => await Assert.ThrowsAsync<T>(act);

    private static async Task Cancelled(Func<CancellationToken, Task> wait)
    {
        using var cancel = new CancellationTokenSource();
        var waiting = wait(cancel.Token);
        Assert.False(waiting.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Within());
    }

    private static async Task Write(ObjectStreamWriter writer, params string[] texts)
    {
        foreach (var text in texts)
        {
            await writer.WriteAsync(Encoding.UTF8.GetBytes(text)).Within();
        }
    }

    private static async Task Fill(ObjectStreamWriter writer, int size, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await writer.WriteAsync(new byte[size], TimeSpan.Zero).Within();
        }
    }

    private static Task Stuck(ObjectStreamWriter writer, int size) =>
        Assert.ThrowsAsync<CallTimeoutException>(() => writer.WriteAsync(new byte[size], TimeSpan.Zero).Within());

    private static async Task Drain(ObjectStreamReader reader, int count)
    {
        for (var i = 0; i < count; i++)
        {
            (await reader.ReadAsync(TimeSpan.Zero).Within())!.Dispose();
        }
    }

    private static async Task<List<byte[]>> ReadAll(ObjectStreamReader reader)
    {
        var all = new List<byte[]>();
        await foreach (var chunk in reader)
        {
            using (chunk)
            {
                all.Add(chunk.Span.ToArray());
            }
        }

        return all;
    }

    private static string Text(ObjectLease? lease)
    {
        using (lease)
        {
            return Encoding.UTF8.GetString(lease!.Span);
        }
    }

    private void Empty() => Assert.Equal((0, 0, 0), (_store.Statistics.Objects, _store.Statistics.Leases, _store.Statistics.Bytes));
}
