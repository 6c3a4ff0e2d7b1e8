using System.Runtime.InteropServices;
using Iarnet.Objects;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>Random names, the same in every process, and the order in which they are visited.</summary>
internal static class Keys
{
    private const int Seed = 20_251;

    /// <summary>Random bits, which make a Guid as well as the id of an object.</summary>
    public static UInt128[] Random(int count, int series = 0)
    {
        var keys = new UInt128[count];
        new Random(Seed + series).NextBytes(MemoryMarshal.AsBytes(keys.AsSpan()));
        return keys;
    }

    /// <summary>The same in an order that has nothing to do with the one in which they were put.</summary>
    public static T[] Shuffled<T>(T[] keys)
    {
        var shuffled = keys.ToArray();
        new Random(Seed).Shuffle(shuffled);
        return shuffled;
    }

    public static ObjectId[] Ids(int count, int series = 0) => Array.ConvertAll(Random(count, series), value => new ObjectId(value));

    public static Guid[] Guids(int count) => Array.ConvertAll(Random(count), value => MemoryMarshal.Cast<UInt128, Guid>(new ReadOnlySpan<UInt128>(in value))[0]);
}
