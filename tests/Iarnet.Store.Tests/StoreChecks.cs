namespace Iarnet.Store.Tests;

/// <summary>What must be true of a store after a test.</summary>
internal static class StoreChecks
{
    /// <summary>Nothing is left in it, and it agrees with itself.</summary>
    public static async Task Empty(this ObjectStore store)
    {
        await store.CheckIntegrityAsync().Within();
        var now = store.Statistics;
        Assert.Equal((0, 0, 0, 0), (now.Objects, now.Bytes, now.Leases, now.Unfinished));
    }
}
