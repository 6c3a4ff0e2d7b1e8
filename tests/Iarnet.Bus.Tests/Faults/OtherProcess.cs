using System.Diagnostics;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>One end of a connection in a process of its own, so that a test can kill or stop it: <c>dotnet exec</c> of this assembly.</summary>
internal sealed class OtherProcess : IAsyncDisposable
{
    private readonly Process _process;

    private OtherProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public static Task<(OtherProcess Process, string FirstLine)> StartAsync(params string[] arguments) =>
        StartAsync(Environment.ProcessPath!, ["exec", typeof(OtherProcess).Assembly.Location, .. arguments]);

    public static Task<(OtherProcess Process, string FirstLine)> StartInAsync(string networkNamespace, params string[] arguments) =>
        StartAsync("ip", ["netns", "exec", networkNamespace, Environment.ProcessPath!, "exec", typeof(OtherProcess).Assembly.Location, .. arguments]);

    private static async Task<(OtherProcess Process, string FirstLine)> StartAsync(string file, string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        // One that measures its memory must not compile its code anew meanwhile: that costs megabytes at no known time.
        start.Environment["DOTNET_TieredCompilation"] = "0";
        var other = new OtherProcess(Process.Start(start) ?? throw new InvalidOperationException("The other process did not start."));
        var line = await other._process.StandardOutput.ReadLineAsync().Within("the first line of the other process");
        return (other, line ?? throw new InvalidOperationException("The other process ended at once."));
    }

    /// <summary>Writes a line to it, and returns the line that it answers.</summary>
    public async Task<string> AskAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
        return await _process.StandardOutput.ReadLineAsync().Within($"the answer of the other process to '{line}'") ?? throw new InvalidOperationException($"The other process ended at '{line}'.");
    }

    public async Task KillAsync()
    {
        await Signals.KillAsync(Id);
        await _process.WaitForExitAsync().Within("the other process to be gone");
    }

    public async ValueTask DisposeAsync()
    {
        // No error when it is gone already, which a test may have seen to.
        _process.Kill();
        await _process.WaitForExitAsync().Within("the other process to be gone");
        _process.Dispose();
    }
}
