namespace Iarnet.Bus.Memory;

/// <summary>Slabs that nobody reads any more. Thread-safe.</summary>
internal static class SlabPool
{
    /// <summary>One call of the kernel fills at most this much: the rate of small messages grows up to here.</summary>
    public const int Size = 256 * 1024;

    private static readonly BoundedPool<Slab> Free = new(32);

    public static Slab? TryTake() => Free.TryTake(out var slab) ? slab : null;

    public static void Return(Slab slab) => Free.Return(slab);
}
