using Iarnet.Bus.Memory;

namespace Iarnet.Bus.Sockets;

/// <summary>Leases that stand for nothing. Thread-safe.</summary>
internal static class LeasePool
{
    private static readonly BoundedPool<ReceiveLease> Free = new(1024);

    public static ReceiveLease Take() => Free.TryTake(out var lease) ? lease : new ReceiveLease();

    public static void Return(ReceiveLease lease) => Free.Return(lease);
}
