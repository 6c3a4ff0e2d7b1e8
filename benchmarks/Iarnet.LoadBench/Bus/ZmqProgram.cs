using System.ComponentModel;
using System.Diagnostics;

namespace Iarnet.LoadBench.Bus;

/// <summary>The program on libzmq, made from its source where it is run: it measures the libzmq of this machine.</summary>
internal static class ZmqProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task<Player> BuildAsync()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Bus", "Peers", "zmqbench.c");
        var program = Path.Combine(AppContext.BaseDirectory, "zmqbench");
        try
        {
            using var gcc = Process.Start(new ProcessStartInfo("gcc", ["-O2", "-o", program, source, "-lzmq"]) { RedirectStandardError = true })!;
            using var patience = new CancellationTokenSource(Patience);
            var words = await gcc.StandardError.ReadToEndAsync(patience.Token);
            await gcc.WaitForExitAsync(patience.Token);
            return gcc.ExitCode == 0 ? new Player("libzmq", program) : throw Missing(words.Trim());
        }
        catch (Win32Exception error)
        {
            throw Missing(error.Message);
        }
    }

    private static InvalidOperationException Missing(string why) =>
        new($"The bus is measured beside libzmq, by a program in C: install gcc, libc6-dev and libzmq3-dev (Debian's names). {why}");
}
