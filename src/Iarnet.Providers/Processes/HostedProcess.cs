using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Iarnet.Providers;

/// <summary>A component that is a process: its output, its end, its ending.</summary>
internal sealed partial class HostedProcess : IHostedComponent
{
    private readonly Process _process;
    private readonly ComponentId _id;
    private readonly bool _ownsGroup;
    private readonly ProcessProviderOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _output;
    private readonly Action _released;
    private readonly LineTail _errors;
    private readonly int _processId;
    private readonly TaskCompletionSource<ComponentExit> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _requested;

    // From here on the process id may belong to somebody else.
    private volatile bool _isCollected;

    public HostedProcess(
        ComponentId id, Process process, bool ownsGroup, ProcessProviderOptions options, TimeProvider time, ILogger output, Action released)
    {
        _id = id;
        _process = process;
        _processId = process.Id;
        _ownsGroup = ownsGroup;
        _options = options;
        _time = time;
        _output = output;
        _released = released;
        _errors = new LineTail(options.ErrorTailLines);
        _ = WatchAsync();
    }

    public int? ProcessId => _processId;

    public Task<ComponentExit> Ended => _ended.Task;

    public async Task StopAsync()
    {
        _requested = true;
        CloseLifeline();
        if (!OperatingSystem.IsWindows() && !_isCollected)
        {
            ProcessSignals.Send(_processId, ProcessSignals.Terminate);
        }

        if (!await EndsWithinAsync(_options.StopGrace).ConfigureAwait(false))
        {
            KillTree();
            await EndsWithinAsync(_options.KillLimit).ConfigureAwait(false);
        }
    }

    public ComponentUsage GetUsage()
    {
        if (OperatingSystem.IsLinux())
        {
            return ProcessUsage.Read(_processId);
        }

        try
        {
            _process.Refresh();
            return new ComponentUsage(_process.TotalProcessorTime, _process.WorkingSet64, 1);
        }
        catch (InvalidOperationException)
        {
            return new ComponentUsage(TimeSpan.Zero, 0, 0);
        }
    }

    private async Task WatchAsync()
    {
        ComponentExit exit;
        try
        {
            exit = await UntilEndAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // A component that can no longer be watched must not live on unseen.
            KillTree();
            exit = ComponentExit.Vanished($"it could not be watched any longer and was killed: {e.Message}");
        }

        CloseLifeline();
        _process.Dispose();
        _released();
        _ended.SetResult(exit);
    }

    private async Task<ComponentExit> UntilEndAsync()
    {
        using var giveUp = new CancellationTokenSource();
        var reading = Task.WhenAll(
            Read(_process.StandardOutput, isError: false).RunAsync(giveUp.Token),
            Read(_process.StandardError, isError: true).RunAsync(giveUp.Token));
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _isCollected = true;
        if (_ownsGroup && !OperatingSystem.IsWindows())
        {
            ProcessSignals.SendToGroup(_processId, ProcessSignals.Kill);
        }

        // Its last words are still in the pipe. Something outside the group may hold the pipe open for ever, so the wait has an end.
        if (!await CompletesWithinAsync(reading, _options.OutputDrainLimit).ConfigureAwait(false))
        {
            await giveUp.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(false);
        }

        var code = _process.ExitCode;
        return new ComponentExit(code, Signal(code), _requested, _errors.ToString());
    }

    private LineReader Read(StreamReader reader, bool isError) => new(reader.BaseStream, _options.OutputLineLimit, line =>
    {
        if (isError)
        {
            _errors.Add(line);
        }

        LogLine(_output, _id, line);
        try
        {
            _options.Output?.Invoke(new ComponentOutput(_id, isError, line));
        }
        catch (Exception e)
        {
            LogSinkFailed(_output, _id, e);
        }
    });

    private void CloseLifeline()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // The other end is gone already, or this is not the first time.
        }
    }

    private void KillTree()
    {
        try
        {
            // First by parentage, while the parents are still there to be found, then by group for what lost its parent before.
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            LogKillFailed(_output, _id, _processId, e);
        }

        if (_ownsGroup && !OperatingSystem.IsWindows())
        {
            ProcessSignals.SendToGroup(_processId, ProcessSignals.Kill);
        }
    }

    private Task<bool> EndsWithinAsync(TimeSpan limit) => CompletesWithinAsync(_ended.Task, limit);

    private async Task<bool> CompletesWithinAsync(Task task, TimeSpan limit)
    {
        try
        {
            await task.WaitAsync(limit, _time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // The runtime reports death by a signal as shells do, as 128 + its number (SystemNative_WaitPidExitedNoHang).
    private static int? Signal(int code) => !OperatingSystem.IsWindows() && code is > 128 and <= 128 + 64 ? code - 128 : null;
}
