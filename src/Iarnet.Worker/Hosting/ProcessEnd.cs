namespace Iarnet.Worker.Hosting;

/// <summary>Ends the process whatever user code holds: foreground threads, exit handlers that never return.</summary>
internal static class ProcessEnd
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static void Now(int code)
    {
        var last = new Thread(() =>
        {
            using var never = new ManualResetEventSlim();
            never.Wait(Patience);
            System.Diagnostics.Process.GetCurrentProcess().Kill();
        })
        {
            IsBackground = true,
            Name = "end",
        };
        last.Start();
        Environment.Exit(code);
    }
}
