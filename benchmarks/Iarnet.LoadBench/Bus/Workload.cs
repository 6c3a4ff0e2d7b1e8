namespace Iarnet.LoadBench.Bus;

/// <summary>What travels between a ROUTER that binds and DEALERs that connect. A quarter of the count goes first and is not timed.</summary>
/// <param name="Router">The role of the one process.</param>
/// <param name="Dealer">The role of the other.</param>
/// <param name="Transport">tcp or ipc.</param>
/// <param name="Size">Bytes of a message.</param>
/// <param name="Count">Messages that are timed.</param>
internal sealed record Workload(string Router, string Dealer, string Transport, int Size, int Count)
{
    /// <summary>Messages outstanding, or DEALERs.</summary>
    public int Width { get; init; } = 1;

    public bool Curve { get; init; }

    /// <summary>Whose clock counts: the receiver's, or that of who began.</summary>
    public bool IsTimedByRouter => Router is "router-in" or "router-dispatch";

    public static Workload ToRouter(string transport, int size, int count) => new("router-in", "dealer-out", transport, size, count);

    public static Workload ToDealer(string transport, int size, int count) => new("router-out", "dealer-in", transport, size, count);

    public static Workload RoundTrips(string transport, int size, int count) => new("router-echo", "dealer-rtt", transport, size, count);

    public static Workload Outstanding(int width, string transport, int size, int count) => new("router-echo", "dealer-window", transport, size, count) { Width = width };

    public static Workload Dispatch(int width, string transport, int size, int count) => new("router-dispatch", "dealer-work", transport, size, count) { Width = width };

    public Workload Times(double factor) => this with { Count = Math.Max(40, (int)(Count * factor)) };
}
