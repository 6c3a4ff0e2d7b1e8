using Iarnet.Objects;

namespace Iarnet.Store.Tests.Transfer;

/// <summary>Whole stores that fetch from each other.</summary>
public sealed class StoreFetchTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(20_000_001)]
    public async Task A_reference_to_another_node_is_fetched_once_and_kept(int size)
    {
        var directory = new StoreDirectory();
        await using var source = await ObjectStore.OpenAsync(new ObjectStoreOptions { Source = "a" });
        await using var server = await source.ServeAsync().AsTask().Within();
        directory.Set("a", server.Endpoints);
        await using var other = await ObjectStore.OpenAsync(new ObjectStoreOptions { Source = "b", Directory = directory });
        var bytes = Data.Bytes(size, size);
        var reference = await source.PutAsync(bytes, new PutOptions { Codec = "mine", Metadata = new Dictionary<string, string> { ["k"] = "v" } }).Within();
        var leases = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => other.GetAsync(reference).AsTask())).Within();
        foreach (var lease in leases)
        {
            Assert.True(lease.Span.SequenceEqual(bytes));
            Assert.Equal((reference, "mine", "v"), (lease.Reference, lease.Codec, lease.Metadata!["k"]));
            lease.Dispose();
        }

        Assert.Equal(1, other.Fetched!.Value.Fetched);
        Assert.True(other.Stat(reference)!.IsCopy);
        Assert.True(other.TryGet(reference, out var view));
        view.Dispose();
        await other.CheckIntegrityAsync().Within();
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => other.GetAsync(new ObjectRef(ObjectId.New(), "a")).Within());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => other.GetAsync(new ObjectRef(ObjectId.New(), "nobody")).Within());
    }

    [Fact]
    public async Task Copies_make_way_for_what_is_put_and_are_fetched_again()
    {
        var directory = new StoreDirectory();
        await using var source = await ObjectStore.OpenAsync(new ObjectStoreOptions { Source = "a" });
        await using var server = await source.ServeAsync().AsTask().Within();
        directory.Set("a", server.Endpoints);
        await using var other = await ObjectStore.OpenAsync(new ObjectStoreOptions { Source = "b", Directory = directory, MemoryLimit = 8 << 20, FullWait = TimeSpan.FromSeconds(25) });
        var references = new List<ObjectRef>();
        for (var i = 0; i < 20; i++)
        {
            references.Add(await source.PutAsync(Data.Bytes(1 << 20, i), CodecNames.Raw).Within());
            using var lease = await other.GetAsync(references[i]).Within();
            Assert.True(lease.Span.SequenceEqual(Data.Bytes(1 << 20, i)));
        }

        for (var i = 0; i < 6; i++)
        {
            await other.PutAsync(new byte[1 << 20], CodecNames.Raw).Within();
        }

        using (var again = await other.GetAsync(references[0]).Within())
        {
            Assert.True(again.Span.SequenceEqual(Data.Bytes(1 << 20, 0)));
        }

        await other.CheckIntegrityAsync().Within();
    }

    [Fact]
    public async Task What_is_on_disk_is_served_without_being_brought_back()
    {
        var folder = Directory.CreateTempSubdirectory("iarnet-fetch-");
        try
        {
            var directory = new StoreDirectory();
            await using var source = await ObjectStore.OpenAsync(new ObjectStoreOptions { Source = "a", MemoryLimit = 4 << 20, SpillFolder = Path.Combine(folder.FullName, "s") });
            await using var server = await source.ServeAsync().AsTask().Within();
            directory.Set("a", server.Endpoints);
            await using var other = await ObjectStore.OpenAsync(new ObjectStoreOptions { Source = "b", Directory = directory });
            var references = new List<ObjectRef>();
            for (var i = 0; i < 20; i++)
            {
                references.Add(await source.PutAsync(Data.Bytes(1_000_001, i), CodecNames.Raw).Within());
            }

            var spilled = references.Where(r => !source.Stat(r)!.InMemory).ToArray();
            Assert.NotEmpty(spilled);
            foreach (var reference in spilled)
            {
                using var lease = await other.GetAsync(reference).Within();
                Assert.True(lease.Span.SequenceEqual(Data.Bytes(1_000_001, references.IndexOf(reference))));
            }

            Assert.All(spilled, r => Assert.False(source.Stat(r)!.InMemory));
            await source.CheckIntegrityAsync().Within();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
