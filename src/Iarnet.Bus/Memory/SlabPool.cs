using System.Collections.Concurrent;

namespace Iarnet.Bus.Memory;

/// <summary>Slabs that nobody reads any more, up to a bound.</summary>
internal static class SlabPool
{
    /// <summary>One call of the kernel fills at most this much: the rate of small messages grows up to here.</summary>
    public const int Size = 256 * 1024;

    private const int Most = 32;

    private static readonly ConcurrentStack<Slab> Free = new();
    private static int _count;

    public static Slab? TryTake()
    {
        if (!Free.TryPop(out var slab))
        {
            return null;
        }

        Interlocked.Decrement(ref _count);
        return slab;
    }

    public static void Return(Slab slab)
    {
        if (Interlocked.Increment(ref _count) > Most)
        {
            Interlocked.Decrement(ref _count);
            return;
        }

        Free.Push(slab);
    }
}
