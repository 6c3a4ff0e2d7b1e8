using System.Globalization;

namespace Iarnet.LoadBench.Harness;

/// <summary>What a ratio (ours / peer) should be.</summary>
internal readonly record struct Goal(double Bound, bool AtLeast)
{
    public static Goal AtLeastTimes(double bound) => new(bound, AtLeast: true);

    public static Goal AtMostTimes(double bound) => new(bound, AtLeast: false);

    public bool Holds(double ratio) => AtLeast ? ratio >= Bound : ratio <= Bound;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(AtLeast ? ">=" : "<=")} {Bound}x");
}
