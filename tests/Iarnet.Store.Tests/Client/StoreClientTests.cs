using Iarnet.Objects;

namespace Iarnet.Store.Tests.Client;

public sealed class StoreClientTests
{
    public enum Way
    {
        SharedMemory,
        HiddenFolder,
        NotWanted,
        StoreHasNone,
    }

    public static TheoryData<Way, int> Ways()
    {
        var data = new TheoryData<Way, int>();
        foreach (var way in Enum.GetValues<Way>())
        {
            foreach (var size in new[] { 0, 1, 1000, 65_535, 65_536, 1_048_576, 1_048_577, 10_000_000 })
            {
                data.Add(way, size);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task What_one_client_puts_another_gets_whichever_way_the_bytes_go(Way way, int size)
    {
        await using var served = await ServedStore.StartAsync(shared: way != Way.StoreHasNone);
        await using var writer = await Connect(served, "writer", way);
        await using var reader = await Connect(served, "reader", way);
        Assert.Equal(way == Way.SharedMemory, reader.IsSameHost);
        var bytes = Data.Bytes(size, size);
        var reference = await writer.PutAsync(bytes, "my-codec").Within();
        Assert.Equal(new ObjectRef(reference.Id, served.Store.Source), reference);
        Assert.Equal(new ObjectInfo(reference, "my-codec", size, 1, 0) { InMemory = true, IsShared = way != Way.StoreHasNone }, served.Store.Stat(reference));
        using (var lease = await reader.GetAsync(reference).Within())
        {
            Assert.Equal("my-codec", lease.Codec);
            Assert.True(lease.Span.SequenceEqual(bytes));
            Assert.Equal(way == Way.SharedMemory ? 1 : 0, served.Store.Stat(reference)!.Leases);
        }

        writer.Release(reference);
        await served.Until(s => s is { Objects: 0, Leases: 0 }, "the object and its lease to be given back");
        var error = await Assert.ThrowsAsync<ObjectNotFoundException>(() => reader.GetAsync(reference).Within());
        Assert.Contains(reference.Id.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lease_keeps_its_bytes_while_the_object_is_released_and_others_are_put()
    {
        await using var served = await ServedStore.StartAsync();
        await using var client = await served.ConnectAsync();
        var bytes = Data.Bytes(200_000, 1);
        var reference = await client.PutAsync(bytes, CodecNames.Raw).Within();
        using var lease = await client.GetAsync(reference).Within();
        client.Release(reference);
        await served.Until(s => s.Objects == 0, "the object to be released");
        for (var i = 0; i < 5; i++)
        {
            await client.PutAsync(new byte[200_000], CodecNames.Raw).Within();
        }

        Assert.True(lease.Span.SequenceEqual(bytes));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Errors_of_the_store_arrive_as_what_they_are(bool shared)
    {
        await using var served = await ServedStore.StartAsync(shared, o =>
        {
            o.MemoryLimit = 2 << 20;
            o.MaxObjectBytes = 8 << 20;
            o.FullWait = TimeSpan.FromMilliseconds(20);
        });
        await using var client = await served.ConnectAsync();
        await Assert.ThrowsAsync<MessageTooLargeException>(() => client.PutAsync(new byte[(8 << 20) + 1], CodecNames.Raw).Within());
        await Assert.ThrowsAsync<StoreFullException>(() => client.PutAsync(new byte[4 << 20], CodecNames.Raw).Within());
        await Assert.ThrowsAsync<ArgumentException>(() => client.PutAsync(new byte[1], "").Within());
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => client.GetAsync(new ObjectRef(ObjectId.New(), client.Source)).Within());
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => client.GetAsync(new ObjectRef(ObjectId.New(), "elsewhere")).Within());
        Assert.True(served.Store.Contains(await client.PutAsync(new byte[1 << 20], CodecNames.Raw).Within()));
        Assert.Equal(0, served.Store.Statistics.Unfinished);
    }

    [Fact]
    public async Task One_id_put_many_times_at_once_is_one_object_with_all_references()
    {
        await using var served = await ServedStore.StartAsync();
        await using var client = await served.ConnectAsync();
        var id = ObjectId.New();
        var bytes = Data.Bytes(400_000, 1);
        var references = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.PutAsync(bytes, CodecNames.Raw, id).AsTask())).Within();
        Assert.All(references, r => Assert.Equal(id, r.Id));
        Assert.Equal(8, served.Store.Stat(references[0])!.References);
        Assert.Equal((1, 0), (served.Store.Statistics.Objects, served.Store.Statistics.Unfinished));
        using var lease = await client.GetAsync(references[0]).Within();
        Assert.True(lease.Span.SequenceEqual(bytes));
    }

    [Fact]
    public async Task A_store_that_went_is_a_typed_error_and_the_client_finds_the_next_one_at_the_same_address()
    {
        await using var served = await ServedStore.StartAsync();
        await using var client = await served.ConnectAsync(configure: o => o.CallTimeout = TimeSpan.FromSeconds(10));
        var first = client.Source;
        var reference = await client.PutAsync(new byte[100_000], CodecNames.Raw).Within();
        var lease = await client.GetAsync(reference).Within();
        await served.Server.DisposeAsync().Within();
        await served.Store.DisposeAsync().Within();
        for (var i = 0; i < 2000 && client.IsSameHost; i++)
        {
            // What is put into the ring before this end sees the link close goes the way of the store.
            await Task.Delay(10);
        }

        await Assert.ThrowsAsync<StoreUnavailableException>(() => client.GetAsync(reference).Within());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => client.PutAsync(new byte[10], CodecNames.Raw).Within());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => served.ConnectAsync("another"));

        using var folder = new TemporaryFolder();
        await using var next = await ObjectStore.OpenAsync(new ObjectStoreOptions { SegmentFolder = folder.Path });
        await using var server = new Rpc.RpcServer().AddService(new StoreService(next).Bind()).Listen(served.Address);
        await server.StartAsync().Within();
        var again = await client.PutAsync(new byte[100_000], CodecNames.Raw).Within();
        Assert.Equal(next.Source, again.Source);
        Assert.NotEqual(first, again.Source);
        Assert.Equal(100_000, lease.Span.Length);
        lease.Dispose();
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => client.GetAsync(reference).Within());
    }

    [Fact]
    public async Task What_is_cancelled_leaves_nothing()
    {
        await using var served = await ServedStore.StartAsync(configure: o =>
        {
            o.MemoryLimit = 1 << 20;
            o.FullWait = TimeSpan.FromSeconds(25);
        });
        await using var client = await served.ConnectAsync();
        await using var remote = await served.ConnectAsync("remote", o => o.UseSharedMemory = false);
        var first = await client.PutAsync(new byte[1 << 20], CodecNames.Raw).Within();
        foreach (var either in new[] { client, remote })
        {
            using var cancel = new CancellationTokenSource();
            var waiting = either.PutAsync(new byte[1 << 20], CodecNames.Raw, cancellationToken: cancel.Token).AsTask();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Within());
        }

        client.Release(first);
        await served.Until(s => s is { Objects: 0, Unfinished: 0, Bytes: 0 }, "nothing to be left");
    }

    [Fact]
    public async Task An_object_space_over_a_client_works_as_over_the_store()
    {
        await using var served = await ServedStore.StartAsync();
        await using var client = await served.ConnectAsync();
        var here = new StoreObjectSpace(served.Store);
        var there = new StoreObjectSpace(client);
        var numbers = Enumerable.Range(0, 100_000).ToArray();
        var encoded = await there.EncodeAsync(numbers).Within();
        Assert.True(encoded.IsReference);
        Assert.Equal(numbers, await here.DecodeAsync<int[]>(encoded).Within());
        var text = await here.EncodeAsync(new string('x', 100_000)).Within();
        Assert.Equal(100_000, (await there.DecodeAsync<string>(text).Within()).Length);
        there.Release(encoded.Reference);
        here.Release(text.Reference);
        await served.Until(s => s.Objects == 0, "both to be released");
    }

    [Fact]
    public async Task A_client_that_ends_well_gives_back_what_it_still_had_to_give_back()
    {
        await using var served = await ServedStore.StartAsync();
        var client = await served.ConnectAsync();
        for (var i = 0; i < 100; i++)
        {
            var reference = await client.PutAsync(new byte[100_000], CodecNames.Raw).Within();
            (await client.GetAsync(reference).Within()).Dispose();
            client.Release(reference);
        }

        await client.DisposeAsync().Within();
        Assert.Equal((0, 0), (served.Store.Statistics.Objects, served.Store.Statistics.Leases));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.PutAsync(new byte[1], CodecNames.Raw).Within());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_asks_what_is_there_waits_and_deletes(bool shared)
    {
        await using var served = await ServedStore.StartAsync(shared);
        await using var client = await served.ConnectAsync();
        var words = new Dictionary<string, string> { ["k"] = "v" };
        var first = await client.PutAsync(new System.Buffers.ReadOnlySequence<byte>(new byte[10]), new PutOptions { Codec = "mine", Metadata = words }).Within();
        var later = new ObjectRef(ObjectId.New(), client.Source);
        Assert.True(await client.ContainsAsync(first).Within());
        Assert.False(await client.ContainsAsync(later).Within());
        Assert.Equal([first], await client.WaitAsync([first, later], WaitMode.Any, TimeSpan.FromSeconds(20)).Within());
        var waiting = client.WaitAsync([first, later], WaitMode.All, TimeSpan.FromSeconds(20)).AsTask();
        await client.PutAsync(new byte[20], CodecNames.Raw, later.Id).Within();
        Assert.Equal([first, later], await waiting.Within());
        var page = await client.ListAsync(new ObjectFilter { Codec = "mine" }).Within();
        Assert.Equal((first, 10L, "v"), (page.Objects.Single().Reference, page.Objects[0].Size, page.Objects[0].Metadata!["k"]));
        Assert.Null(page.Continuation);
        Assert.Equal(2, await client.DeleteAsync([first, later]).Within());
        Assert.Equal(0, await client.DeleteAsync([first, later]).Within());
        await served.Store.Empty();
    }

    [Fact]
    public async Task Numbers_of_an_array_are_read_where_they_lie()
    {
        await using var served = await ServedStore.StartAsync();
        await using var client = await served.ConnectAsync();
        var numbers = Enumerable.Range(0, 100_000).Select(n => n * 0.5).ToArray();
        var reference = await client.PutValueAsync(numbers).Within();
        using var lease = await client.GetAsync(reference).Within();
        Assert.True(lease.Elements<double>().SequenceEqual(numbers));
        Assert.Throws<CodecException>(() => lease.Elements<float>().Length);
        Assert.Equal(numbers, await served.Store.GetValueAsync<double[]>(reference).Within());
    }

    private static Task<StoreClient> Connect(ServedStore served, string owner, Way way) => served.ConnectAsync(owner, o =>
    {
        o.UseSharedMemory = way != Way.NotWanted;
        o.SegmentFolder = way == Way.HiddenFolder ? served.RunFolder : null;
    });
}
