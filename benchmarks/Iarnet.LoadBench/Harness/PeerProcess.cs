using System.Diagnostics;
using System.Text.Json;

namespace Iarnet.LoadBench.Harness;

/// <summary>A peer in a process of its own that takes a command a line and answers each with a line of JSON.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly Process _process;

    private PeerProcess(Process process) => _process = process;

    public static async Task<PeerProcess> StartAsync(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var peer = new PeerProcess(Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start"));
        await peer.ReadAsync();
        return peer;
    }

    public async Task<JsonElement> AskAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        return await ReadAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task<JsonElement> ReadAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience)
            ?? throw new InvalidOperationException($"the peer ended with code {(_process.HasExited ? _process.ExitCode : -1)} instead of answering");
        return JsonDocument.Parse(line).RootElement.Clone();
    }
}
