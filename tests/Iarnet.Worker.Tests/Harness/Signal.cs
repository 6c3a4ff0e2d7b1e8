namespace Iarnet.Worker.Tests.Harness;

/// <summary>Lets a function in another process say where it is, and a test wait for it there: named files in a folder that both see.</summary>
internal static class Signal
{
    public static void Reach(string path) => File.WriteAllText(path, "");

    public static void Hold(string path) => Spin(path, CancellationToken.None);

    public static void Spin(string path, CancellationToken cancellation)
    {
        // The process that waits here is killed or told; the bound is for a test that failed meanwhile.
        var began = TimeProvider.System.GetTimestamp();
        while (!File.Exists(path) && TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(120))
        {
            cancellation.ThrowIfCancellationRequested();
            cancellation.WaitHandle.WaitOne(5);
        }
    }

    public static Task WhenReached(string path) => Until(() => File.Exists(path), $"the worker to reach {Path.GetFileName(path)}");

    public static async Task Until(Func<bool> condition, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var reached = Task.Run(async () =>
        {
            while (!condition() && await timer.WaitForNextTickAsync())
            {
            }
        });
        await reached.Within(what);
    }
}
