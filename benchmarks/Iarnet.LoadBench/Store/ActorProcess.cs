using System.Text.Json;
using Iarnet.LoadBench.Harness;

namespace Iarnet.LoadBench.Store;

/// <summary>This program in a role, in a process of its own that starts when it is first asked.</summary>
internal sealed class ActorProcess(string role, Func<Task<string[]>> arguments)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private Task<(PeerProcess Process, string Word)>? _started;

    /// <summary>What it said when it was ready: its address, say.</summary>
    public async Task<string> ReadyAsync() => (await StartedAsync()).Word;

    /// <summary>The figure with which it answers a command.</summary>
    public async Task<double> AskAsync(params string[] command)
    {
        var (process, _) = await StartedAsync();
        return Value(await process.AskAsync(string.Join(' ', command))).GetDouble();
    }

    /// <summary>Ends it: the next command is for a new process.</summary>
    public async Task EndAsync(TimeSpan within)
    {
        var started = _started;
        _started = null;
        if (started is { IsCompletedSuccessfully: true })
        {
            await started.Result.Process.EndAsync(within);
        }
    }

    private Task<(PeerProcess Process, string Word)> StartedAsync() => _started ??= StartAsync();

    private async Task<(PeerProcess Process, string Word)> StartAsync()
    {
        var process = PeerProcess.Start(Environment.ProcessPath!, [StoreBenchmark.RoleCommand, role, .. await arguments()], $"the role {role}", Patience);
        try
        {
            return (process, Value(await process.ReadAsync()).GetString()!);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    private JsonElement Value(JsonElement answer) => answer.TryGetProperty("error", out var error)
        ? throw new InvalidOperationException($"{role}: {error.GetString()}")
        : answer.GetProperty("value");
}
