using System.ComponentModel;
using System.Diagnostics;

namespace Iarnet.Store.Tests.Interop;

/// <summary>A program of another language with its client of the store, in a process of its own. What it prints are its answers.</summary>
internal sealed class ClientProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly string _needs;

    private ClientProcess(Process process, string needs)
    {
        _process = process;
        _needs = needs;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static ClientProcess Start(string needs, IReadOnlyDictionary<string, string> environment, string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return new ClientProcess(Process.Start(start)!, needs);
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException($"'{file}' did not start: {error.Message}. {needs}", error);
        }
    }

    /// <summary>The next line that it prints; fails with what it said when it ended instead.</summary>
    public async Task<string> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync().Within("a line of the client") ?? throw await FailedAsync();

    /// <summary>Lets it go on: its scripts wait for a line where they must.</summary>
    public async Task WriteLineAsync(string line = "")
    {
        await _process.StandardInput.WriteLineAsync(line).Within();
        await _process.StandardInput.FlushAsync().Within();
    }

    /// <summary>What it printed until its end, without the last line break.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var output = await _process.StandardOutput.ReadToEndAsync().Within("the end of the client's output");
        await _process.WaitForExitAsync().Within("the end of the client");
        return _process.ExitCode == 0 ? output.TrimEnd('\n') : throw await FailedAsync();
    }

    /// <summary>Ends it as kill -9 does, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().Within();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private async Task<InvalidOperationException> FailedAsync()
    {
        await _process.WaitForExitAsync().Within();
        return new InvalidOperationException($"The client ended with {_process.ExitCode}. {_needs} It said: {await _errors.Within()}");
    }
}
