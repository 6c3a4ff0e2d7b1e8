using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Iarnet.SystemTests.Harness;

/// <summary>A sample as a stranger runs it: a process of its own.</summary>
internal sealed partial class SampleProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(240);
    private readonly string _name;
    private readonly StringBuilder _output = new();
    private readonly Process _process;
    private (string Text, TaskCompletionSource Said)? _awaited;

    private SampleProcess(string name, Process process)
    {
        _name = name;
        _process = process;
    }

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public static SampleProcess Start(string name, Action<IDictionary<string, string?>> environment, params string[] arguments)
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", name, Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), $"{name}.dll"));
        // A test run in the background of a shell ignores Ctrl-C, and would hand that down: the sample begins as in a terminal.
        string[] command = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT,QUIT", "dotnet"] : ["dotnet"];
        var start = new ProcessStartInfo(command[0], [.. command[1..], "exec", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        environment(start.Environment);
        var running = new SampleProcess(name, new Process { StartInfo = start });
        running._process.OutputDataReceived += running.Collect;
        running._process.ErrorDataReceived += running.Collect;
        running._process.Start();
        running._process.BeginOutputReadLine();
        running._process.BeginErrorReadLine();
        return running;
    }

    /// <summary>Ends when it has said something.</summary>
    public async Task SaysAsync(string text)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_output)
        {
            _awaited = (text, said);
            Look();
        }

        try
        {
            await said.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{_name} did not say '{text}' within {Patience}. It said:{Environment.NewLine}{Output}");
        }
    }

    public async Task<int> EndedAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_name} did not end within {Patience}. So far it said:{Environment.NewLine}{Output}");
        }

        return _process.ExitCode;
    }

    public void Signal(int signal)
    {
        if (Kill(_process.Id, signal) != 0)
        {
            throw new InvalidOperationException($"kill -{signal} {_process.Id} failed with {Marshal.GetLastPInvokeError()}");
        }
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Collect(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
            Look();
        }
    }

    private void Look()
    {
        if (_awaited is { } awaited && _output.ToString().Contains(awaited.Text, StringComparison.Ordinal))
        {
            awaited.Said.TrySetResult();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
