using System.Diagnostics;
using System.Globalization;

namespace Iarnet.Store.Tests.Faults;

/// <summary>A store or a client in a process of its own, so that a test can kill or stop it: <c>dotnet exec</c> of this assembly.</summary>
internal sealed class OtherProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private OtherProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public static OtherProcess Start(params object[] arguments)
    {
        var words = arguments.Select(static a => Convert.ToString(a, CultureInfo.InvariantCulture)!);
        return new OtherProcess(Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["exec", typeof(OtherProcess).Assembly.Location, .. words])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
    }

    /// <summary>The next line that it says; null at its end.</summary>
    public async Task<string?> TryReadAsync() => await _process.StandardOutput.ReadLineAsync().Within("a line of the other process");

    /// <summary>The next line that it says; fails with its last words when it ended instead.</summary>
    public async Task<string> ReadAsync() => await TryReadAsync() ?? throw new InvalidOperationException($"The other process ended: {await _errors.Within("its errors")}");

    /// <summary>Writes a line to it, and returns the line that it answers.</summary>
    public async Task<string> AskAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
        return await ReadAsync();
    }

    /// <summary>Ends it as kill -9 does, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().Within("the other process to be gone");
    }

    /// <summary>What it said besides, after its end, which must have been one in order.</summary>
    public async Task<string> EndAsync()
    {
        _process.StandardInput.Close();
        var rest = await _process.StandardOutput.ReadToEndAsync().Within("the last words of the other process");
        await _process.WaitForExitAsync().Within("the other process to end");
        Assert.True(_process.ExitCode == 0, $"The other process ended with {_process.ExitCode}: {rest}{await _errors.Within("its errors")}");
        return rest;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }
}
