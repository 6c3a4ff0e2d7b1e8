using Iarnet.Objects;

namespace Iarnet.Store.Tests.Local;

public sealed class SpillTests : IDisposable
{
    private readonly string _disk = Directory.CreateTempSubdirectory("iarnet-spill-").FullName;

    [Theory]
    [InlineData(1_000, 20_000)]
    [InlineData(300_000, 200)]
    [InlineData(4 << 20, 20)]
    public async Task Ten_times_what_memory_holds_is_there_whole(int size, int count)
    {
        await using var store = await Open(memory: (long)size * count / 10);
        var references = new ObjectRef[count];
        for (var i = 0; i < count; i++)
        {
            references[i] = await store.PutAsync(Data.Bytes(size, i), CodecNames.Raw).Within();
        }

        Assert.NotEqual(0, store.Statistics.SpilledObjects);
        for (var i = 0; i < count; i++)
        {
            using var lease = await store.GetAsync(references[count - 1 - i]).Within();
            Assert.True(lease.Span.SequenceEqual(Data.Bytes(size, count - 1 - i)), $"object {count - 1 - i} changed");
        }

        Assert.True(store.Statistics.CommittedBytes <= store.Statistics.LimitBytes);
        await store.CheckIntegrityAsync().Within();
        foreach (var reference in references)
        {
            store.Release(reference);
        }

        await store.Empty();
        Assert.Equal(0, store.Statistics.SpilledObjects);
    }

    [Fact]
    public async Task Eight_writers_and_readers_at_ten_times_the_room_lose_nothing()
    {
        const int Size = 256 << 10;
        await using var store = await Open(memory: 8 << 20);
        var seed = Environment.TickCount;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(seed + worker);
            var mine = new List<(ObjectRef Reference, int Seed)>();
            for (var i = 0; i < 40; i++)
            {
                var number = (worker * 1000) + i;
                mine.Add((await store.PutAsync(Data.Bytes(Size, number), CodecNames.Raw, $"w{worker}"), number));
                var (reference, expected) = mine[random.Next(mine.Count)];
                using var lease = await store.GetAsync(reference);
                Assert.True(lease.Span.SequenceEqual(Data.Bytes(Size, expected)), $"object {expected} changed; seed {seed}");
            }

            foreach (var (reference, expected) in mine)
            {
                using var lease = await store.GetAsync(reference);
                Assert.True(lease.Span.SequenceEqual(Data.Bytes(Size, expected)), $"object {expected} changed; seed {seed}");
                store.Release(reference, $"w{worker}");
            }
        }))).Within();
        await store.Empty();
    }

    [Fact]
    public async Task What_is_leased_stays_and_a_store_of_nothing_but_leases_is_full()
    {
        await using var store = await Open(memory: 4 << 20, configure: o => o.FullWait = TimeSpan.FromMilliseconds(100));
        var leases = new List<ObjectLease>();
        for (var i = 0; i < 4; i++)
        {
            leases.Add(await store.GetAsync(await store.PutAsync(Data.Bytes(1 << 20, i), CodecNames.Raw).Within()).Within());
        }

        await Assert.ThrowsAsync<StoreFullException>(() => store.PutAsync(new byte[1 << 20], CodecNames.Raw).Within());
        for (var i = 0; i < 4; i++)
        {
            Assert.True(leases[i].Span.SequenceEqual(Data.Bytes(1 << 20, i)));
        }

        leases[1].Dispose();
        await store.PutAsync(new byte[1 << 20], CodecNames.Raw).Within();
        leases.ForEach(l => l.Dispose());
        using var back = await store.GetAsync(leases[1].Reference).Within();
        Assert.True(back.Span.SequenceEqual(Data.Bytes(1 << 20, 1)));
        await store.CheckIntegrityAsync().Within();
    }

    [Fact]
    public async Task A_full_disk_is_a_typed_error_and_what_is_in_memory_lives_on()
    {
        await using var store = await Open(memory: 4 << 20, configure: o =>
        {
            o.SpillLimit = 4 << 20;
            o.FullWait = TimeSpan.FromMilliseconds(300);
        });
        var held = new List<ObjectRef>();
        await Assert.ThrowsAsync<StoreFullException>(async () =>
        {
            while (held.Count < 100)
            {
                held.Add(await store.PutAsync(Data.Bytes(500_000, held.Count), CodecNames.Raw).Within());
            }
        });
        Assert.InRange(held.Count, 8, 20);
        for (var i = 0; i < held.Count; i++)
        {
            if (store.Stat(held[i])!.InMemory)
            {
                using var lease = await store.GetAsync(held[i]).Within();
                Assert.True(lease.Span.SequenceEqual(Data.Bytes(500_000, i)));
            }
        }

        held.ForEach(r => store.Release(r));
        await store.Empty();
    }

    [Fact]
    public async Task A_damaged_file_is_a_typed_error_for_its_objects_and_the_rest_lives_on()
    {
        await using var store = await Open(memory: 4 << 20);
        var references = new List<ObjectRef>();
        for (var i = 0; i < 20; i++)
        {
            references.Add(await store.PutAsync(Data.Bytes(1 << 20, i), CodecNames.Raw).Within());
        }

        for (var i = 0; i < 2000 && store.Statistics.SpilledObjects < 15; i++)
        {
            await Task.Delay(10);
        }

        var file = Directory.GetFiles(_disk, "*", SearchOption.AllDirectories).MaxBy(f => new FileInfo(f).Length)!;
        await using (var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
        {
            for (var i = 1; i < 8; i++)
            {
                stream.Position = stream.Length / 8 * i;
                var value = stream.ReadByte();
                stream.Position--;
                stream.WriteByte((byte)(value ^ 1));
            }
        }

        var (damaged, whole) = (0, 0);
        for (var i = 0; i < references.Count; i++)
        {
            try
            {
                using var lease = await store.GetAsync(references[i]).Within();
                Assert.True(lease.Span.SequenceEqual(Data.Bytes(1 << 20, i)));
                whole++;
            }
            catch (ObjectDamagedException)
            {
                damaged++;
            }
        }

        Assert.InRange(damaged, 1, 7);
        Assert.Equal(20, damaged + whole);
        await Assert.ThrowsAsync<ObjectDamagedException>(() => store.CheckIntegrityAsync().AsTask());
    }

    [Fact]
    public async Task Durable_objects_are_there_after_a_restart_and_others_are_not()
    {
        var durable = Path.Combine(_disk, "durable");
        ObjectRef kept, gone, deleted;
        await using (var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { Source = "n", DurableFolder = durable }))
        {
            var options = new PutOptions { Codec = "mine", Durable = true, Metadata = new Dictionary<string, string> { ["a"] = "b" } };
            kept = await store.PutAsync(Data.Bytes(3_000_000, 1), options).Within();
            deleted = await store.PutAsync(Data.Bytes(10, 2), options).Within();
            gone = await store.PutAsync(Data.Bytes(10, 3), CodecNames.Raw).Within();
            Assert.True(store.Delete(deleted));
            store.Release(kept);
            Assert.True(store.Contains(kept));
        }

        await using var again = await ObjectStore.OpenAsync(new ObjectStoreOptions { Source = "n", DurableFolder = durable });
        Assert.False(again.Contains(gone));
        Assert.False(again.Contains(deleted));
        using (var lease = await again.GetAsync(kept).Within())
        {
            Assert.True(lease.Span.SequenceEqual(Data.Bytes(3_000_000, 1)));
            Assert.Equal(("mine", "b"), (lease.Codec, lease.Metadata!["a"]));
        }

        await again.CheckIntegrityAsync().Within();
        Assert.True(again.Delete(kept));
        await again.Empty();
    }

    [Fact]
    public async Task An_object_with_a_time_to_live_goes_from_memory_and_from_disk()
    {
        var time = new ManualTime();
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { MemoryLimit = 4 << 20, SpillFolder = Path.Combine(_disk, "s") }, time);
        var references = new List<ObjectRef>();
        for (var i = 0; i < 10; i++)
        {
            references.Add(await store.PutAsync(Data.Bytes(1 << 20, i), new PutOptions { TimeToLive = TimeSpan.FromMinutes(i % 2 == 0 ? 1 : 3) }).Within());
        }

        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal([false, true], new[] { store.Contains(references[0]), store.Contains(references[1]) });
        Assert.Equal(5, store.Statistics.Objects);
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(0, store.Statistics.Objects);
    }

    public void Dispose() => Directory.Delete(_disk, recursive: true);

    private ValueTask<ObjectStore> Open(long memory, Action<ObjectStoreOptions>? configure = null)
    {
        var options = new ObjectStoreOptions { MemoryLimit = memory, SpillFolder = Path.Combine(_disk, "spill"), FullWait = TimeSpan.FromSeconds(25) };
        configure?.Invoke(options);
        return ObjectStore.OpenAsync(options);
    }
}
