using Iarnet.Objects;

namespace Iarnet.Store.Tests.Local;

public sealed class PutAndGetTests
{
    public static TheoryData<int> Sizes => [0, 1, 1000, 65_535, 65_536, 65_537, 1_000_000, 40 << 20];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task What_is_put_is_got_with_its_codec_in_ordinary_and_in_shared_memory(int size)
    {
        using var folder = new TemporaryFolder();
        foreach (var segments in new[] { null, folder.Path })
        {
            await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { SegmentFolder = segments });
            var bytes = Data.Bytes(size, seed: size);
            var reference = await store.PutAsync(bytes, "my-codec").Within();
            using var lease = await store.GetAsync(reference).Within();
            Assert.Equal("my-codec", lease.Codec);
            Assert.Equal(reference, lease.Reference);
            Assert.True(lease.Span.SequenceEqual(bytes));
            Assert.Equal(segments is not null, store.Stat(reference)!.IsShared);
            await store.CheckIntegrityAsync().Within();
        }

        Assert.False(Directory.Exists(folder.Path), "the store left its folder behind");
    }

    [Fact]
    public async Task A_sequence_of_many_parts_and_a_stream_of_unknown_length_arrive_whole()
    {
        using var folder = new TemporaryFolder();
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { SegmentFolder = folder.Path });
        var bytes = Data.Bytes(3_000_000, seed: 1);

        var sequence = await store.PutAsync(Data.Split(bytes, 7_001), CodecNames.Raw).Within();
        var stream = await store.PutAsync(new UnseekableStream(bytes), CodecNames.Raw).Within();
        foreach (var reference in new[] { sequence, stream })
        {
            using var lease = await store.GetAsync(reference).Within();
            Assert.True(lease.Span.SequenceEqual(bytes));
        }

        Assert.Equal(0, store.Statistics.Unfinished);
    }

    [Fact]
    public async Task A_stream_that_fails_leaves_nothing()
    {
        await using var store = await ObjectStore.OpenAsync();
        await Assert.ThrowsAsync<IOException>(() => store.PutAsync(new UnseekableStream(Data.Bytes(600_000, 1), failAt: 500_000), CodecNames.Raw).Within());
        await store.Empty();
    }

    [Fact]
    public async Task A_changed_array_does_not_change_the_object()
    {
        await using var store = await ObjectStore.OpenAsync();
        var bytes = new byte[] { 1, 2, 3 };
        var reference = await store.PutAsync(bytes, CodecNames.Raw).Within();
        bytes[0] = 9;
        using var lease = await store.GetAsync(reference).Within();
        Assert.Equal([1, 2, 3], lease.Memory.ToArray());
    }

    [Fact]
    public async Task An_object_put_again_under_its_id_keeps_its_bytes_and_gains_a_reference()
    {
        await using var store = await ObjectStore.OpenAsync();
        var id = ObjectId.New();
        var first = await store.PutAsync(new byte[] { 1 }, CodecNames.Raw, id).Within();
        var second = await store.PutAsync(new byte[] { 2, 2 }, CodecNames.Raw, id).Within();
        Assert.Equal(first, second);
        Assert.Equal(new ObjectInfo(first, CodecNames.Raw, 1, 2, 0) { InMemory = true }, store.Stat(first));
        store.Release(first);
        Assert.True(store.Contains(first));
        store.Release(first);
        Assert.False(store.Contains(first));
    }

    [Fact]
    public async Task An_absent_object_fails_at_once_with_a_text_that_names_it()
    {
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { Source = "here" });
        var absent = new ObjectRef(ObjectId.New(), "here");
        var error = await Assert.ThrowsAsync<ObjectNotFoundException>(() => store.GetAsync(absent).Within());
        Assert.Contains(absent.Id.ToString(), error.Message, StringComparison.Ordinal);
        var elsewhere = await Assert.ThrowsAsync<ObjectNotFoundException>(() => store.GetAsync(absent with { Source = "there" }).Within());
        Assert.Contains("'there'", elsewhere.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_of_a_lease_stays_valid_after_release_and_after_the_store_is_closed()
    {
        using var folder = new TemporaryFolder();
        var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { SegmentFolder = folder.Path });
        var bytes = Data.Bytes(200_000, seed: 3);
        var released = await store.PutAsync(bytes, CodecNames.Raw).Within();
        var kept = await store.PutAsync(bytes, CodecNames.Raw).Within();
        using var first = await store.GetAsync(released).Within();
        using var second = await store.GetAsync(kept).Within();
        store.Release(released);
        Assert.False(store.Contains(released));
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => store.GetAsync(released).Within());

        // Would take the memory if it had been given back.
        await store.PutAsync(new byte[200_000], CodecNames.Raw).Within();
        Assert.True(first.Span.SequenceEqual(bytes));

        await store.DisposeAsync();
        Assert.True(first.Span.SequenceEqual(bytes));
        Assert.True(second.Span.SequenceEqual(bytes));
        Assert.Empty(folder.Files);
        first.Dispose();
        first.Dispose();
        Assert.Throws<ObjectDisposedException>(() => first.Memory);
    }

    [Fact]
    public async Task Names_and_sizes_out_of_range_are_refused()
    {
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { MaxObjectBytes = 100 });
        await Assert.ThrowsAsync<ArgumentException>(() => store.PutAsync(new byte[1], "").Within());
        await Assert.ThrowsAsync<ArgumentException>(() => store.PutAsync(new byte[1], new string('c', 65)).Within());
        await Assert.ThrowsAsync<ArgumentException>(() => store.PutAsync(new byte[1], "raw", owner: "").Within());
        await Assert.ThrowsAsync<MessageTooLargeException>(() => store.PutAsync(new byte[101], "raw").Within());
        await Assert.ThrowsAsync<MessageTooLargeException>(() => store.PutAsync(new MemoryStream(new byte[101]), "raw").Within());
        await Assert.ThrowsAsync<MessageTooLargeException>(() => store.PutAsync(new UnseekableStream(new byte[101]), "raw").Within());
        Assert.Equal(0, store.Statistics.Bytes);
        await Assert.ThrowsAsync<ArgumentException>(() => ObjectStore.OpenAsync(new ObjectStoreOptions { MaxObjects = 1 }).Within());
    }

    [Fact]
    public async Task Two_stores_cannot_share_a_folder()
    {
        using var folder = new TemporaryFolder();
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { SegmentFolder = folder.Path });
        var error = await Assert.ThrowsAsync<IarnetException>(() => ObjectStore.OpenAsync(new ObjectStoreOptions { SegmentFolder = folder.Path }).Within());
        Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
    }
}
