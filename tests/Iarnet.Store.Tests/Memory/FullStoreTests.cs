using Iarnet.Objects;

namespace Iarnet.Store.Tests.Memory;

public sealed class FullStoreTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_store_refuses_after_its_bounded_wait_and_works_again_after_a_release(bool isShared)
    {
        using var folder = new TemporaryFolder();
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions
        {
            SegmentFolder = isShared ? folder.Path : null,
            MemoryLimit = 4 << 20,
            FullWait = TimeSpan.FromMilliseconds(50),
        });
        var held = new List<ObjectRef>();
        for (var i = 0; i < 4; i++)
        {
            held.Add(await store.PutAsync(new byte[1 << 20], CodecNames.Raw).Within());
        }

        var error = await Assert.ThrowsAsync<StoreFullException>(() => store.PutAsync(new byte[1 << 20], CodecNames.Raw).Within());
        Assert.Contains("4194304 of 4194304 bytes", error.Message, StringComparison.Ordinal);
        store.Release(held[2]);
        await store.PutAsync(new byte[1 << 20], CodecNames.Raw).Within();
        Assert.Equal(4, store.Statistics.Objects);
    }

    [Fact]
    public async Task A_put_that_waits_gets_the_room_that_another_gives_back()
    {
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { MemoryLimit = 1 << 20, FullWait = TimeSpan.FromSeconds(25) });
        var first = await store.PutAsync(new byte[1 << 20], CodecNames.Raw).Within();
        var waiting = store.PutAsync(new byte[1 << 20], CodecNames.Raw).AsTask();
        Assert.False(waiting.IsCompleted);
        store.Release(first);
        Assert.True(store.Contains(await waiting.Within()));
    }

    [Fact]
    public async Task A_wait_ends_when_it_is_cancelled_and_leaves_nothing()
    {
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { MemoryLimit = 1 << 20, FullWait = TimeSpan.FromSeconds(25) });
        var first = await store.PutAsync(new byte[1 << 20], CodecNames.Raw).Within();
        using var cancel = new CancellationTokenSource();
        var waiting = store.PutAsync(new byte[1 << 20], CodecNames.Raw, cancellationToken: cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Within());
        store.Release(first);
        await store.Empty();
    }

    [Fact]
    public async Task An_object_larger_than_the_whole_store_is_refused_at_once()
    {
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { MemoryLimit = 1 << 20, FullWait = TimeSpan.FromDays(1) });
        await Assert.ThrowsAsync<StoreFullException>(() => store.PutAsync(new byte[2 << 20], CodecNames.Raw).Within());
    }

    [Fact]
    public async Task A_full_file_system_of_shared_memory_is_a_typed_error_and_not_the_end_of_the_process()
    {
        using var small = new SmallTmpfs("8m");
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions
        {
            SegmentFolder = Path.Combine(small.Path, "segments"),
            MemoryLimit = 1 << 30,
            FullWait = TimeSpan.FromMilliseconds(50),
        });
        var held = new List<ObjectRef>();
        var error = await Assert.ThrowsAsync<StoreFullException>(async () =>
        {
            while (held.Count < 100)
            {
                // Written to the last byte: a page that is not there would end the process here.
                held.Add(await store.PutAsync(Data.Bytes(1_500_000, held.Count), CodecNames.Raw).Within());
            }
        });
        Assert.Contains(small.Path, error.Message, StringComparison.Ordinal);
        await store.CheckIntegrityAsync().Within();
        Assert.InRange(held.Count, 3, 6);

        store.Release(held[0]);
        held[0] = await store.PutAsync(Data.Bytes(1_500_000, 0), CodecNames.Raw).Within();
        for (var i = 0; i < held.Count; i++)
        {
            using var lease = await store.GetAsync(held[i]).Within();
            Assert.True(lease.Span.SequenceEqual(Data.Bytes(1_500_000, i)));
        }

        held.ForEach(r => store.Release(r));
        Assert.True(store.Contains(await store.PutAsync(new byte[6 << 20], CodecNames.Raw).Within()));
    }

    [Fact]
    public async Task Eight_writers_at_four_times_the_room_all_get_through()
    {
        using var folder = new TemporaryFolder();
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions
        {
            SegmentFolder = folder.Path,
            MemoryLimit = 2 << 20,
            FullWait = TimeSpan.FromSeconds(25),
        });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                var bytes = Data.Bytes(500_000 + (writer * 60_000), writer);
                var reference = await store.PutAsync(bytes, CodecNames.Raw);
                using (var lease = await store.GetAsync(reference))
                {
                    Assert.True(lease.Span.SequenceEqual(bytes));
                }

                store.Release(reference);
            }
        }))).Within();
        Assert.Equal(0, store.Statistics.Objects);
        await store.Empty();
    }
}
