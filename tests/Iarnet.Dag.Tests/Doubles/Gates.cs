using System.Collections.Concurrent;

namespace Iarnet.Dag.Tests;

/// <summary>Functions that wait until the test lets them go, named by numbers because arguments are all that a call takes along.</summary>
internal static class Gates
{
    private static readonly ConcurrentDictionary<int, TaskCompletionSource<int>> All = new();
    private static int _last;

    public static int Add(TaskCompletionSource<int> gate)
    {
        var id = Interlocked.Increment(ref _last);
        All[id] = gate;
        return id;
    }

    public static Task<int> Wait(int gate) => All[gate].Task;

    /// <summary>Says that it runs, then waits on its thread.</summary>
    public static int Enter(int entered, int gate)
    {
        All[entered].SetResult(1);
        return Block(gate);
    }

    public static int Block(int gate) => All[gate].Task.GetAwaiter().GetResult();
}
