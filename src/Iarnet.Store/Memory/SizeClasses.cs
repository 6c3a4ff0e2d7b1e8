using System.Numerics;

namespace Iarnet.Store.Memory;

/// <summary>
/// Capacities of segments: four steps to a doubling (1, 1.25, 1.5, 1.75), so that at most a fifth is unused and a released segment
/// fits the next object of about the same size. All are whole pages from 64 KiB on.
/// </summary>
internal static class SizeClasses
{
    public const long Smallest = 16 * 1024;

    public static long Capacity(long size)
    {
        if (size <= Smallest)
        {
            return Smallest;
        }

        // The step is a quarter of the power of two below the size.
        var step = 1L << Math.Max(12, BitOperations.Log2((ulong)(size - 1)) - 2);
        return (size + step - 1) / step * step;
    }
}
