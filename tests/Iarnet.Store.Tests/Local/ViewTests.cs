using System.Collections.Concurrent;
using Iarnet.Objects;

namespace Iarnet.Store.Tests.Local;

public sealed class ViewTests
{
    [Fact]
    public async Task Views_see_whole_objects_while_others_put_release_and_spill_them()
    {
        var disk = Directory.CreateTempSubdirectory("iarnet-view-");
        try
        {
            // So little memory that what is freed is used again at once, and that the hand of the clock never stands.
            await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { MemoryLimit = 1 << 20, SpillFolder = Path.Combine(disk.FullName, "s"), FullWait = TimeSpan.FromSeconds(25) });
            var live = new ConcurrentDictionary<int, ObjectRef>();
            using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            var seen = 0L;
            var workers = Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
            {
                var random = new Random(worker);
                while (!stop.IsCancellationRequested)
                {
                    var key = random.Next(500);
                    if (worker % 2 == 0)
                    {
                        if (live.TryRemove(key, out var gone))
                        {
                            store.Release(gone);
                        }
                        else
                        {
                            var put = await store.PutAsync(Filled(key, 1000 + (key * 7)), CodecNames.Raw);
                            if (!live.TryAdd(key, put))
                            {
                                store.Release(put);
                            }
                        }
                    }
                    else if (live.TryGetValue(key, out var reference) && Look(store, reference, (byte)key))
                    {
                        Interlocked.Increment(ref seen);
                    }
                }
            })).ToArray();
            await Task.WhenAll(workers).Within();
            await store.CheckIntegrityAsync().Within();
            Assert.NotEqual(0, seen);
            foreach (var reference in live.Values)
            {
                store.Release(reference);
            }

            await store.Empty();
        }
        finally
        {
            disk.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Memory_under_a_view_is_not_used_again_and_goes_with_the_last_view()
    {
        await using var store = await ObjectStore.OpenAsync();
        var reference = await store.PutAsync(Filled(7, 3000), CodecNames.Raw).Within();
        Hold(store, reference);
        await store.Empty();
    }

    [Fact]
    public async Task More_views_than_a_thread_has_slots_for_are_counted_another_way()
    {
        await using var store = await ObjectStore.OpenAsync();
        var reference = await store.PutAsync(Filled(7, 3000), CodecNames.Raw).Within();
        Nest(store, reference, 20);
        store.Release(reference);
        await store.Empty();
    }

    private static void Hold(ObjectStore store, ObjectRef reference)
    {
        Assert.True(store.TryGet(reference, out var first));
        Assert.True(store.TryGet(reference, out var second));
        store.Release(reference);
        Assert.False(store.TryGet(reference, out _));
        first.Dispose();
        for (var i = 0; i < 200; i++)
        {
            Assert.True(store.TryPut(Filled(9, 3000), CodecNames.Raw, out var other));
            store.Release(other);
        }

        Assert.Equal(1, store.Statistics.Leases);
        Assert.Equal(-1, second.Span.IndexOfAnyExcept((byte)7));
        second.Dispose();
    }

    private static void Nest(ObjectStore store, ObjectRef reference, int left)
    {
        if (left == 0)
        {
            Assert.Equal(20, store.Statistics.Leases);
            return;
        }

        Assert.True(store.TryGet(reference, out var view));
        using (view)
        {
            Nest(store, reference, left - 1);
        }
    }

    private static bool Look(ObjectStore store, ObjectRef reference, byte expected)
    {
        if (!store.TryGet(reference, out var view))
        {
            return false;
        }

        using (view)
        {
            Assert.Equal(-1, view.Span.IndexOfAnyExcept(expected));
        }

        return true;
    }

    private static byte[] Filled(int key, int size)
    {
        var bytes = new byte[size];
        Array.Fill(bytes, (byte)key);
        return bytes;
    }
}
