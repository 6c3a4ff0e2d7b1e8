using Iarnet.Objects;

namespace Iarnet.Store.Tests.Spaces;

public sealed class StoreObjectSpaceTests
{
    [Fact]
    public async Task Small_values_travel_inline_and_large_ones_through_the_store()
    {
        await using var store = await ObjectStore.OpenAsync();
        var space = new StoreObjectSpace(store);
        await Check(space, "small", isReference: false);
        await Check(space, new string('x', 70_000), isReference: true);
        await Check(space, new byte[65_536], isReference: false);
        await Check(space, new byte[65_537], isReference: true);
        await Check(space, Enumerable.Range(0, 20_000).ToArray(), isReference: true);
        await Check(space, (string?)null, isReference: false);
        Assert.Equal(0, store.Statistics.Objects);
    }

    [Fact]
    public async Task What_comes_back_owns_its_memory()
    {
        await using var store = await ObjectStore.OpenAsync();
        var space = new StoreObjectSpace(store, new StoreObjectSpaceOptions { InlineLimit = 10 });
        var bytes = Data.Bytes(1000, 1);
        var encoded = await space.EncodeAsync(new ReadOnlyMemory<byte>(bytes)).Within();
        var back = await space.DecodeAsync<ReadOnlyMemory<byte>>(encoded).Within();
        space.Release(encoded.Reference);

        // Takes the pooled array that the object had.
        await store.PutAsync(new byte[1000], CodecNames.Raw).Within();
        Assert.Equal(bytes, back.ToArray());
    }

    [Fact]
    public async Task An_inline_value_does_not_follow_the_array_it_came_from()
    {
        await using var store = await ObjectStore.OpenAsync();
        var space = new StoreObjectSpace(store);
        var bytes = new byte[] { 1 };
        var encoded = await space.EncodeAsync(bytes).Within();
        bytes[0] = 2;
        Assert.Equal([1], await space.DecodeAsync<byte[]>(encoded).Within());
    }

    [Fact]
    public async Task Errors_keep_their_types()
    {
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { MemoryLimit = 1000, FullWait = TimeSpan.Zero });
        var space = new StoreObjectSpace(store);
        await Assert.ThrowsAsync<CodecException>(() => space.EncodeAsync<Action>(() => { }).Within());
        await Assert.ThrowsAsync<StoreFullException>(() => space.EncodeAsync(new byte[100_000]).Within());
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => space.DecodeAsync<int>(new EncodedValue(new ObjectRef(ObjectId.New(), store.Source), 5)).Within());
        space.Release(new ObjectRef(ObjectId.New(), "nowhere"));
    }

    private static async Task Check<T>(StoreObjectSpace space, T value, bool isReference)
    {
        var encoded = await space.EncodeAsync(value).Within();
        Assert.Equal(isReference, encoded.IsReference);
        Assert.Equal(value, await space.DecodeAsync<T>(encoded).Within());
        if (isReference)
        {
            space.Release(encoded.Reference);
        }
    }
}
