using System.Globalization;

namespace Iarnet.LoadBench.Harness;

/// <summary>What a ratio (ours / peer) should be; or, with a unit, our own figure.</summary>
internal readonly record struct Goal(double Bound, bool AtLeast, string? Unit = null)
{
    public static Goal AtLeastTimes(double bound) => new(bound, AtLeast: true);

    public static Goal AtMostTimes(double bound) => new(bound, AtLeast: false);

    public static Goal AtMost(double bound, string unit) => new(bound, AtLeast: false, unit);

    public bool Holds(double ours, double ratio) => AtLeast ? Judged(ours, ratio) >= Bound : Judged(ours, ratio) <= Bound;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(AtLeast ? ">=" : "<=")} {Bound}{(Unit is null ? "x" : $" {Unit}")}");

    private double Judged(double ours, double ratio) => Unit is null ? ratio : ours;
}
