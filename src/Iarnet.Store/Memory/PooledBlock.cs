using System.Buffers;

namespace Iarnet.Store.Memory;

/// <summary>Memory of this process only, from the shared array pool.</summary>
internal sealed class PooledBlock(byte[] array) : Block(array.Length)
{
    public override string? File => null;

    public static PooledBlock Rent(long size) => new(ArrayPool<byte>.Shared.Rent((int)Math.Max(size, 1)));

    /// <summary>What <see cref="Rent"/> will cost: the pool has powers of two from 16 bytes to 1 GiB, and exact arrays above.</summary>
    public static long CapacityFor(long size) => size <= 16 ? 16
        : size > 1 << 30 ? size
        : (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)size);

    public override Memory<byte> Span(int size) => array.AsMemory(0, size);

    public void Return() => ArrayPool<byte>.Shared.Return(array);
}
