using System.Diagnostics;

namespace Iarnet.Bus.Io;

/// <summary>
/// What reaches a loop is a fault of this package: connections catch what peers and handlers cause. The loop serves others and goes
/// on; a debug build says so at once.
/// </summary>
internal static class Faults
{
    private static long _count;

    public static long Count => Interlocked.Read(ref _count);

    public static void Report(Exception exception)
    {
        Interlocked.Increment(ref _count);
        Diagnostics.BusMetrics.LoopFaults.Add(1);
        Debug.Fail(exception.ToString());
    }
}
