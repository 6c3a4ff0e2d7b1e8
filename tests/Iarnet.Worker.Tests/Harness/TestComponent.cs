using System.Diagnostics;
using System.Text;
using Iarnet.Components;

namespace Iarnet.Worker.Tests.Harness;

internal sealed class TestComponent : ILaunchedComponent
{
    private readonly StringBuilder _log = new();

    public TestComponent(ComponentId id, Process process)
    {
        Id = id;
        Process = process;
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Ended = WatchAsync();
    }

    public ComponentId Id { get; }

    public Process Process { get; }

    public Task<string> Ended { get; }

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => Process.Kill();

    public async ValueTask DisposeAsync()
    {
        try
        {
            Process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended by itself.
        }

        await Ended.Within($"process {Process.Id} to end");
    }

    private async Task<string> WatchAsync()
    {
        await Process.WaitForExitAsync();
        return $"exit code {Process.ExitCode}; its log: {Log.Trim()}";
    }

    private void Append(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }
}
