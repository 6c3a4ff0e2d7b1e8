namespace Iarnet.LoadBench.Store.Roles;

/// <summary>
/// Where one process waits for another, the system's choice to run both on one core or on two changes a round trip by five times, from one moment to
/// the next. Both sides of such a contest are run in slices, and the best one counts.
/// </summary>
internal static class Slices
{
    private const int Number = 5;

    public static Task<double> FastestAsync(int count, Func<int, Task<double>> rate) => BestAsync(count, rate, Math.Max, 0);

    public static Task<double> ShortestAsync(int count, Func<int, Task<double>> time) => BestAsync(count, time, Math.Min, double.PositiveInfinity);

    private static async Task<double> BestAsync(int count, Func<int, Task<double>> run, Func<double, double, double> better, double best)
    {
        for (var slice = 0; slice < Number; slice++)
        {
            best = better(best, await run(Math.Max(1, count / Number)));
        }

        return best;
    }
}
