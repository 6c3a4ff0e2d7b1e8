using System.Diagnostics;
using System.Globalization;

namespace Iarnet.Store.Tests.Faults;

/// <summary>What one does to a process from outside.</summary>
internal static class Signals
{
    public static Task StopAsync(int process) => SendAsync("-STOP", process);

    public static Task ContinueAsync(int process) => SendAsync("-CONT", process);

    private static async Task SendAsync(string signal, int process)
    {
        using var kill = Process.Start("kill", [signal, process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().Within($"kill {signal}");
        Assert.Equal(0, kill.ExitCode);
    }
}
