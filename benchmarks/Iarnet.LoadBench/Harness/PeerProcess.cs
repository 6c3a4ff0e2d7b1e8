using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Iarnet.LoadBench.Harness;

/// <summary>A peer in a process of its own that takes a command a line and answers each with a line of JSON.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private const int LastWords = 2_000;
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(5);
    private readonly Process _process;
    private readonly string _name;
    private readonly TimeSpan _patience;
    private readonly StringBuilder _errors = new();

    private PeerProcess(Process process, string name, TimeSpan patience)
    {
        _process = process;
        _name = name;
        _patience = patience;
        process.ErrorDataReceived += (_, line) => Remember(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>Starts a peer, which says so with a line of its own.</summary>
    public static async Task<PeerProcess> StartAsync(string file, params string[] arguments)
    {
        var peer = Start(file, arguments, $"the peer {Path.GetFileName(file)}", LongestAnswer);
        await peer.ReadAsync();
        return peer;
    }

    /// <summary>Starts a peer, and waits for nothing.</summary>
    public static PeerProcess Start(string file, IEnumerable<string> arguments, string name, TimeSpan patience)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            return new PeerProcess(Process.Start(start)!, name, patience);
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException($"{name} did not start: {error.Message}", error);
        }
    }

    public async Task<JsonElement> AskAsync(string command)
    {
        await TellAsync(command);
        return await ReadAsync();
    }

    public async Task TellAsync(string command)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(command);
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            throw await EndedAsync();
        }
    }

    /// <summary>The next line that the peer prints, within its patience.</summary>
    public async Task<JsonElement> ReadAsync()
    {
        using var patience = new CancellationTokenSource(_patience);
        try
        {
            var line = await _process.StandardOutput.ReadLineAsync(patience.Token) ?? throw await EndedAsync();
            return JsonDocument.Parse(line).RootElement.Clone();
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_name} said nothing for {_patience.TotalSeconds:F0} s");
        }
    }

    /// <summary>Fails when the peer ends.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        throw await EndedAsync();
    }

    public ValueTask DisposeAsync() => EndAsync(TimeSpan.FromSeconds(20));

    /// <summary>Closes its standard input, which tells a peer to end; kills one that does not within the time.</summary>
    public async ValueTask EndAsync(TimeSpan within)
    {
        using var patience = new CancellationTokenSource(within);
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task<InvalidOperationException> EndedAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            // Also waits for the last of what it wrote to standard error.
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            return new InvalidOperationException($"{_name} closed its output instead of answering{Words()}");
        }

        return new InvalidOperationException($"{_name} ended with code {_process.ExitCode} instead of answering{Words()}");
    }

    private void Remember(string? line)
    {
        lock (_errors)
        {
            _errors.AppendLine(line);
            _errors.Remove(0, Math.Max(0, _errors.Length - LastWords));
        }
    }

    private string Words()
    {
        lock (_errors)
        {
            var words = _errors.ToString().Trim();
            return words.Length == 0 ? "" : $": {words}";
        }
    }
}
