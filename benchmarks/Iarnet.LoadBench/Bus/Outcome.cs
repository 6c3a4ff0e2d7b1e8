using System.Text.Json;

namespace Iarnet.LoadBench.Bus;

/// <summary>What the two roles of a workload printed at their end.</summary>
internal sealed record Outcome(Workload Workload, JsonElement Router, JsonElement Dealer)
{
    public double MessagesPerSecond => Timer("messages") / Timer("seconds");

    /// <summary>Microseconds.</summary>
    public double MedianTrip => Timer("p50");

    /// <summary>Microseconds.</summary>
    public double SlowTrip => Timer("p99");

    /// <summary>Microseconds of processor time, of all threads and of the kernel for them, that the process of the ROUTER took for a message.</summary>
    public double RouterCpu => 1e6 * Router.GetProperty("cpu").GetDouble() / Router.GetProperty("messages").GetDouble();

    private double Timer(string name) => (Workload.IsTimedByRouter ? Router : Dealer).GetProperty(name).GetDouble();
}
