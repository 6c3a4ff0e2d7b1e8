using System.ComponentModel;
using System.Diagnostics;

namespace Iarnet.Bus.Tests.Peers;

/// <summary>A program with a foreign implementation at the other end of the wire, in a process of its own.</summary>
internal sealed class ForeignPeer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly string _needs;

    private ForeignPeer(Process process, string needs)
    {
        _process = process;
        _needs = needs;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The process, for signals.</summary>
    public int Id => _process.Id;

    /// <summary>The folder of the programs, beside the tests.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Peers");

    /// <summary>Starts a program; when it fails, the error says what the program needs.</summary>
    public static ForeignPeer Start(string needs, string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            return new ForeignPeer(Process.Start(start)!, needs);
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"'{file}' did not start: {e.Message}. {needs}", e);
        }
    }

    /// <summary>Runs a program to its end; what it printed.</summary>
    public static async Task<string> RunAsync(string needs, string file, params string[] arguments)
    {
        await using var peer = Start(needs, file, arguments);
        var output = await peer._process.StandardOutput.ReadToEndAsync().Within($"the end of {file}");
        await peer._process.WaitForExitAsync().Within($"the end of {file}");
        return peer._process.ExitCode == 0 ? output : throw await peer.FailedAsync();
    }

    /// <summary>Itself with the first line that it prints.</summary>
    public async Task<(ForeignPeer Peer, string FirstLine)> StartedAsync()
    {
        try
        {
            return (this, await NextLineAsync());
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async Task<string> NextLineAsync() =>
        await _process.StandardOutput.ReadLineAsync().Within("a line of the foreign peer") ?? throw await FailedAsync();

    /// <summary>Waits for its end; what it said on the error stream.</summary>
    public async Task<string> EndedAsync()
    {
        await _process.WaitForExitAsync().Within();
        return await _errors.Within();
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

    private async Task<InvalidOperationException> FailedAsync() =>
        new($"The program '{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)}' ended. {_needs} It said: {await _errors.Within()}");
}
