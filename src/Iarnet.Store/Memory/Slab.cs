using System.Numerics;

namespace Iarnet.Store.Memory;

/// <summary>Pages cut into blocks of one size. Which are free is kept beside them, where no other process writes.</summary>
internal sealed class Slab
{
    private readonly ulong[] _free;
    private int _hint;

    /// <param name="slabClass">What size its blocks have.</param>
    /// <param name="pages">Where its pages begin.</param>
    /// <param name="bytes">How many bytes they have.</param>
    /// <param name="shift">How far from there the first block begins.</param>
    public Slab(int slabClass, long pages, int bytes, int shift)
    {
        Class = slabClass;
        Pages = pages;
        Start = pages + shift;
        Blocks = (bytes - shift) / SlabClasses.Bytes(slabClass);
        Free = Blocks;
        _free = new ulong[(Blocks + 63) / 64];
        Array.Fill(_free, ulong.MaxValue);
        if (Blocks % 64 != 0)
        {
            _free[^1] = (1UL << (Blocks % 64)) - 1;
        }
    }

    public int Class { get; }

    /// <summary>Where its pages begin.</summary>
    public long Pages { get; }

    /// <summary>Where its first block begins.</summary>
    public long Start { get; }

    public int Blocks { get; }

    public int Free { get; private set; }

    /// <summary>Its place among the slabs of the store.</summary>
    public int Number { get; set; }

    /// <summary>Its place among the slabs of its class that have room; -1 when it has none.</summary>
    public int Position { get; set; } = -1;

    /// <summary>The offset of a block that was free.</summary>
    public long Take()
    {
        while (_free[_hint] == 0)
        {
            _hint = _hint + 1 == _free.Length ? 0 : _hint + 1;
        }

        var bit = BitOperations.TrailingZeroCount(_free[_hint]);
        _free[_hint] &= ~(1UL << bit);
        Free--;
        return Start + ((long)((_hint * 64) + bit) * SlabClasses.Bytes(Class));
    }

    /// <summary>Takes a block back.</summary>
    public void Return(long offset)
    {
        var block = (int)((offset - Start) / SlabClasses.Bytes(Class));
        var mask = 1UL << (block % 64);
        if ((_free[block / 64] & mask) != 0)
        {
            throw new InvalidOperationException($"The block at {offset} was given back twice.");
        }

        _free[block / 64] |= mask;
        _hint = block / 64;
        Free++;
    }
}
