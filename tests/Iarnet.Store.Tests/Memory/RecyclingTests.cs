using Iarnet.Objects;
using Iarnet.Store.Memory;

namespace Iarnet.Store.Tests.Memory;

public sealed class RecyclingTests
{
    [Fact]
    public async Task Objects_that_come_and_go_use_the_same_memory()
    {
        using var folder = new TemporaryFolder();
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { SegmentFolder = folder.Path });
        for (var i = 0; i < 300; i++)
        {
            store.Release(await store.PutAsync(new byte[200_000 - (4096 * (i % 8))], CodecNames.Raw).Within());
        }

        Assert.Equal(Pages.RoundUp(200_000), store.Statistics.CommittedBytes);
        await store.Empty();
    }

    [Fact]
    public async Task Recycled_memory_shows_the_new_object_to_the_end_and_never_the_old_one()
    {
        using var folder = new TemporaryFolder();
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { SegmentFolder = folder.Path });
        store.Release(await store.PutAsync(Data.Bytes(130_000, 1), CodecNames.Raw).Within());
        var bytes = Data.Bytes(120_000, 2);
        using var lease = await store.GetAsync(await store.PutAsync(bytes, CodecNames.Raw).Within()).Within();
        Assert.Equal(bytes, lease.Memory.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Idle_memory_is_kept_up_to_its_cap(bool isShared)
    {
        using var folder = new TemporaryFolder();
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { SegmentFolder = isShared ? folder.Path : null, IdleBytes = 3 << 20 });
        var references = new List<ObjectRef>();
        for (var i = 0; i < 8; i++)
        {
            references.Add(await store.PutAsync(new byte[1 << 20], CodecNames.Raw).Within());
        }

        references.ForEach(r => store.Release(r));
        Assert.Equal((3 << 20, 3 << 20), (store.Statistics.IdleBytes, store.Statistics.CommittedBytes));
        await store.Empty();
    }

    [Fact]
    public async Task Idle_memory_in_pieces_that_are_too_short_makes_way_before_a_put_is_refused()
    {
        using var folder = new TemporaryFolder();
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions
        {
            SegmentFolder = folder.Path,
            MemoryLimit = 4 << 20,
            IdleBytes = 4 << 20,
            FullWait = TimeSpan.Zero,
        });
        var parts = new List<ObjectRef>();
        for (var i = 0; i < 8; i++)
        {
            parts.Add(await store.PutAsync(Data.Bytes(512 << 10, i), CodecNames.Raw).Within());
        }

        for (var i = 0; i < 8; i += 2)
        {
            store.Release(parts[i]);
        }

        var bytes = Data.Bytes(2 << 20, 99);
        var whole = await store.PutAsync(bytes, CodecNames.Raw).Within();
        using var lease = await store.GetAsync(whole).Within();
        Assert.True(lease.Span.SequenceEqual(bytes));
        for (var i = 1; i < 8; i += 2)
        {
            using var part = await store.GetAsync(parts[i]).Within();
            Assert.True(part.Span.SequenceEqual(Data.Bytes(512 << 10, i)));
        }

        await store.CheckIntegrityAsync().Within();
    }

    [Fact]
    public async Task A_slab_of_which_nothing_is_left_serves_objects_of_any_size()
    {
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { MemoryLimit = 1 << 20, FullWait = TimeSpan.Zero });
        foreach (var size in new[] { 10, 100, 1000, 8000 })
        {
            var small = new List<ObjectRef>();
            for (var i = 0; i < 100; i++)
            {
                small.Add(await store.PutAsync(Data.Bytes(size, i), CodecNames.Raw).Within());
            }

            small.ForEach(r => store.Release(r));
        }

        store.Release(await store.PutAsync(new byte[1 << 20], CodecNames.Raw).Within());
        await store.Empty();
    }

    [Fact]
    public void A_block_wastes_at_most_an_eighth_or_fifteen_bytes()
    {
        for (var size = 1; size <= SlabClasses.Largest; size++)
        {
            var bytes = SlabClasses.Bytes(SlabClasses.Of(size));
            Assert.True(bytes >= size && bytes - size <= Math.Max(15, size / 8), $"{size} -> {bytes}");
            Assert.Equal(SlabClasses.Of(size), SlabClasses.Of(bytes));
        }

        Assert.Equal(SlabClasses.Count - 1, SlabClasses.Of(SlabClasses.Largest));
    }
}
