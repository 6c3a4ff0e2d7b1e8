using Iarnet.Objects;

namespace Iarnet.Store.Tests.Local;

public sealed class OwnerTests
{
    private static readonly PutOptions Worker = new() { Owner = "worker" };

    [Fact]
    public async Task A_released_owner_leaves_nothing_and_what_was_adopted_stays()
    {
        await using var store = await ObjectStore.OpenAsync();
        var own = await store.PutAsync(new byte[10], CodecNames.Raw, "worker").Within();
        var result = await store.PutAsync(new byte[10], CodecNames.Raw, "worker").Within();
        Assert.True(store.Adopt(result, "engine"));
        store.ReleaseOwner("worker");
        Assert.False(store.Contains(own));
        Assert.Equal(1, store.Stat(result)!.References);
        store.Release(result, "engine");
        await store.Empty();
    }

    [Fact]
    public async Task Nobody_can_release_or_move_a_reference_that_is_not_there()
    {
        await using var store = await ObjectStore.OpenAsync();
        var reference = await store.PutAsync(new byte[10], CodecNames.Raw, "a").Within();
        store.Release(reference, "b");
        store.Release(reference with { Source = "elsewhere" }, "a");
        Assert.True(store.Contains(reference));
        Assert.False(store.Adopt(reference, "b", from: "c"));
        Assert.False(store.Adopt(reference, "a"));
        Assert.False(store.Adopt(new ObjectRef(ObjectId.New(), store.Source), "a"));
        Assert.True(store.Adopt(reference, "b", from: "a"));
        store.ReleaseOwner("a");
        Assert.True(store.Contains(reference));
        store.Release(reference, "b");
        store.Release(reference, "b");
        Assert.False(store.Contains(reference));
    }

    [Fact]
    public async Task A_view_puts_and_releases_for_its_owner()
    {
        await using var store = await ObjectStore.OpenAsync();
        var view = store.ForOwner("session");
        var kept = await store.PutAsync(new byte[1], CodecNames.Raw).Within();
        var gone = await view.PutAsync(new byte[1], CodecNames.Raw).Within();
        view.Release(kept);
        Assert.True(store.Contains(kept));
        store.ReleaseOwner("session");
        Assert.False(store.Contains(gone));
        Assert.True(store.Contains(kept));
    }

    [Fact]
    public async Task What_an_owner_has_under_way_when_it_is_released_fails_and_leaves_nothing()
    {
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { MemoryLimit = 1 << 20, FullWait = TimeSpan.FromSeconds(25) });
        var first = await store.PutAsync(new byte[1 << 20], CodecNames.Raw).Within();
        var waiting = store.PutAsync(new byte[1 << 20], CodecNames.Raw, "worker").AsTask();
        var beginning = store.BeginAsync(Worker, 1 << 20, WriterKind.Mapped, CancellationToken.None).AsTask();
        store.ReleaseOwner("worker");
        store.Release(first);
        await Assert.ThrowsAnyAsync<IarnetException>(() => waiting.Within());
        await Assert.ThrowsAnyAsync<IarnetException>(() => beginning.Within());
        await store.Empty();
    }

    [Fact]
    public async Task A_writer_of_this_process_whose_owner_is_released_mid_way_fails_and_leaves_nothing()
    {
        await using var store = await ObjectStore.OpenAsync();
        using var unfinished = await store.BeginAsync(Worker, 10, WriterKind.Local, CancellationToken.None).Within();
        await unfinished.WriteAsync(new byte[5], CancellationToken.None).Within();
        store.ReleaseOwner("worker");
        await Assert.ThrowsAnyAsync<IarnetException>(() => unfinished.WriteAsync(new byte[5], CancellationToken.None).Within());
        Assert.ThrowsAny<IarnetException>(() => store.Seal(unfinished, 5, out _));
        Assert.NotEqual(0, store.Statistics.Bytes);
        unfinished.Dispose();
        await store.Empty();
    }

    [Fact]
    public async Task A_remote_owner_that_was_released_is_refused_until_it_says_hello()
    {
        await using var store = await ObjectStore.OpenAsync();
        store.ReleaseOwner("worker");
        await Assert.ThrowsAnyAsync<IarnetException>(() => store.BeginAsync(Worker, 1, WriterKind.Mapped, CancellationToken.None).Within());
        store.Welcome("worker");
        using var begun = await store.BeginAsync(Worker, 1, WriterKind.Mapped, CancellationToken.None).Within();
        Assert.Equal(1, store.Statistics.Unfinished);
    }

    [Fact]
    public async Task An_owner_over_its_quota_is_refused_and_the_others_are_not()
    {
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { OwnerQuota = owner => owner == "small" ? 1000 : long.MaxValue });
        var first = await store.PutAsync(new byte[600], CodecNames.Raw, "small").Within();
        var error = await Assert.ThrowsAsync<QuotaExceededException>(() => store.PutAsync(new byte[600], CodecNames.Raw, "small").Within());
        Assert.Contains("'small'", error.Message, StringComparison.Ordinal);
        await store.PutAsync(new byte[6000], CodecNames.Raw, "large").Within();
        store.Release(first, "small");
        await store.PutAsync(new byte[1000], CodecNames.Raw, "small").Within();
        await store.CheckIntegrityAsync().Within();
    }
}
