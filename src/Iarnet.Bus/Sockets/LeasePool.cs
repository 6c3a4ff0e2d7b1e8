namespace Iarnet.Bus.Sockets;

/// <summary>Leases that stand for nothing, up to a bound. Thread-safe.</summary>
internal static class LeasePool
{
    private static readonly Lock Gate = new();
    private static readonly ReceiveLease?[] Free = new ReceiveLease?[1024];
    private static int s_count;

    public static ReceiveLease Take()
    {
        lock (Gate)
        {
            if (s_count > 0)
            {
                var lease = Free[--s_count]!;
                Free[s_count] = null;
                return lease;
            }
        }

        return new ReceiveLease();
    }

    public static void Return(ReceiveLease lease)
    {
        lock (Gate)
        {
            if (s_count < Free.Length)
            {
                Free[s_count++] = lease;
            }
        }
    }
}
