using FsCheck;
using FsCheck.Fluent;

namespace Iarnet.Tests;

/// <summary>Runs FsCheck as a fact: a failure throws with the shrunk case and the seed that replays it.</summary>
internal static class Property
{
    public static void Holds<T>(Arbitrary<T> values, Func<T, bool> holds) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true), Prop.ForAll(values, holds));

    /// <summary>Any 64 bits, each as likely as any other.</summary>
    public static Gen<ulong> Bits =>
        from high in Gen.Choose(int.MinValue, int.MaxValue)
        from low in Gen.Choose(int.MinValue, int.MaxValue)
        select ((ulong)(uint)high << 32) | (uint)low;

    /// <summary>Whole numbers from 0 to a bound: small ones and powers of two as often as any other.</summary>
    public static Gen<long> Whole(long maximum) => Gen.OneOf(
        Bits.Select(bits => (long)(bits >> 1) % maximum),
        Gen.Choose(0, 10_000).Select(small => Math.Min(small, maximum)),
        Gen.Choose(0, 62).Select(shift => Math.Min(1L << shift, maximum)));
}
