namespace Iarnet.Bus.Sockets;

/// <summary>Leases that stand for nothing, up to a bound. Thread-safe.</summary>
internal static class LeasePool
{
    private static readonly Lock Gate = new();
    private static readonly ReceiveLease?[] Free = new ReceiveLease?[1024];
    private static int _count;

    public static ReceiveLease Take()
    {
        lock (Gate)
        {
            if (_count > 0)
            {
                var lease = Free[--_count]!;
                Free[_count] = null;
                return lease;
            }
        }

        return new ReceiveLease();
    }

    public static void Return(ReceiveLease lease)
    {
        lock (Gate)
        {
            if (_count < Free.Length)
            {
                Free[_count++] = lease;
            }
        }
    }
}
