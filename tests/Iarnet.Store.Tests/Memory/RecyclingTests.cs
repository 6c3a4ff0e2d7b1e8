using Iarnet.Objects;

namespace Iarnet.Store.Tests.Memory;

public sealed class RecyclingTests
{
    [Fact]
    public async Task Objects_that_come_and_go_use_the_same_few_files()
    {
        using var folder = new TemporaryFolder();
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { SegmentFolder = folder.Path });
        var files = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 300; i++)
        {
            // Sizes differ, their class does not.
            var reference = await store.PutAsync(new byte[200_000 + i], CodecNames.Raw).Within();
            files.UnionWith(folder.Segments);
            store.Release(reference);
        }

        Assert.Single(files);
        Assert.Equal(store.Statistics.IdleBytes, store.Statistics.Bytes);
    }

    [Fact]
    public async Task A_recycled_segment_shows_the_new_object_to_the_end_and_never_the_old_one()
    {
        using var folder = new TemporaryFolder();
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { SegmentFolder = folder.Path });
        store.Release(await store.PutAsync(Data.Bytes(130_000, 1), CodecNames.Raw).Within());
        var bytes = Data.Bytes(120_000, 2);
        using var lease = await store.GetAsync(await store.PutAsync(bytes, CodecNames.Raw).Within()).Within();
        Assert.Equal(bytes, lease.Memory.ToArray());
        Assert.Single(folder.Segments);
    }

    [Fact]
    public async Task Idle_segments_are_kept_up_to_their_cap_and_the_longest_idle_goes_first()
    {
        using var folder = new TemporaryFolder();
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { SegmentFolder = folder.Path, IdleSegmentBytes = 3 << 20 });
        var references = new List<ObjectRef>();
        for (var i = 0; i < 8; i++)
        {
            references.Add(await store.PutAsync(new byte[1 << 20], CodecNames.Raw).Within());
        }

        var last = folder.Segments.Order(StringComparer.Ordinal).Skip(5);
        references.ForEach(r => store.Release(r));
        Assert.Equal(last, folder.Segments.Order(StringComparer.Ordinal));
        Assert.Equal(3 << 20, store.Statistics.IdleBytes);
        Assert.Equal(3 << 20, store.Statistics.Bytes);
    }

    [Fact]
    public async Task Idle_segments_of_other_sizes_make_way_before_a_put_is_refused()
    {
        using var folder = new TemporaryFolder();
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions
        {
            SegmentFolder = folder.Path,
            MemoryLimit = 4 << 20,
            IdleSegmentBytes = 4 << 20,
            FullWait = TimeSpan.Zero,
        });
        for (var i = 0; i < 2; i++)
        {
            store.Release(await store.PutAsync(new byte[2 << 20], CodecNames.Raw).Within());
        }

        var reference = await store.PutAsync(new byte[3 << 20], CodecNames.Raw).Within();
        Assert.True(store.Contains(reference));
        Assert.InRange(store.Statistics.Bytes, 3 << 20, 4 << 20);
    }

    [Fact]
    public void A_class_wastes_at_most_a_fifth_and_is_whole_pages()
    {
        for (long size = 16_384; size < 1L << 32; size += Math.Max(1, size / 97))
        {
            var capacity = Store.Memory.SizeClasses.Capacity(size);
            Assert.True(capacity >= size && capacity - size <= Math.Max(4096, size / 4), $"{size} -> {capacity}");
            Assert.Equal(capacity, Store.Memory.SizeClasses.Capacity(capacity));
            Assert.Equal(0, capacity % 4096);
        }
    }
}
