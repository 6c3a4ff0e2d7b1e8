using System.Numerics;

namespace Iarnet.Store.Memory;

/// <summary>
/// Sizes of blocks in slabs: steps of 16 bytes up to 256, then eight steps to a doubling, so that less than an eighth is unused above that.
/// </summary>
internal static class SlabClasses
{
    /// <summary>The largest size that lies in a slab; larger objects have whole pages of their own.</summary>
    public const int Largest = 8 * 1024;

    private const int CacheLine = 64;
    private const int Shifts = 16;

    private const int Step = 16;
    private const int FineLimit = 256;
    private const int FineClasses = FineLimit / Step;

    /// <summary>How many classes there are.</summary>
    public const int Count = FineClasses + (8 * 5);

    /// <summary>The class of the smallest block that holds so many bytes, 1 to <see cref="Largest"/>.</summary>
    public static int Of(int size)
    {
        if (size <= FineLimit)
        {
            return (size - 1) / Step;
        }

        var power = BitOperations.Log2((uint)(size - 1));
        return FineClasses + ((power - 8) * 8) + ((size - 1) >> (power - 3)) - 8;
    }

    /// <summary>
    /// How far into a slab its blocks begin. Blocks whose size is a multiple of 512 would all begin in the same few sets of the caches, which hold
    /// a sixteenth then of what they could: such slabs begin one cache line later each than the one before.
    /// </summary>
    public static int Shift(int slabClass, long slab) => Bytes(slabClass) % 512 == 0 ? (int)(slab % Shifts) * CacheLine : 0;

    /// <summary>The bytes of a block of a class.</summary>
    public static int Bytes(int slabClass)
    {
        if (slabClass < FineClasses)
        {
            return (slabClass + 1) * Step;
        }

        var (power, step) = Math.DivRem(slabClass - FineClasses, 8);
        return (8 + step + 1) << (power + 5);
    }
}
