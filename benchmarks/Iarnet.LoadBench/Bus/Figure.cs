namespace Iarnet.LoadBench.Bus;

/// <summary>A number that is read off an outcome.</summary>
internal sealed record Figure(string Unit, Func<Outcome, double> Read)
{
    public static readonly Figure Rate = new("msg/s", outcome => outcome.MessagesPerSecond);
    public static readonly Figure P50 = new("us", outcome => outcome.MedianTrip);
    public static readonly Figure P99 = new("us", outcome => outcome.SlowTrip);
    public static readonly Figure RouterCpu = new("us/msg", outcome => outcome.RouterCpu);
}
