using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Iarnet.SystemTests.Harness;

/// <summary>The QuickStart as a stranger runs it: a process with folders of its own for sockets, shared memory and code.</summary>
internal sealed partial class QuickStartProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(240);
    private readonly StringBuilder _output = new();
    private readonly Process _process;

    private QuickStartProcess(Process process, NodeFolders folders)
    {
        _process = process;
        Folders = folders;
    }

    public NodeFolders Folders { get; }

    public int Id => _process.Id;

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

    public static QuickStartProcess Start(NodeFolders folders, params string[] arguments)
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "QuickStart", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "QuickStart.dll"));
        var start = new ProcessStartInfo("dotnet", ["exec", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        folders.Apply(start.Environment);
        var running = new QuickStartProcess(new Process { StartInfo = start }, folders);
        running._process.OutputDataReceived += running.Collect;
        running._process.ErrorDataReceived += running.Collect;
        running._process.Start();
        running._process.BeginOutputReadLine();
        running._process.BeginErrorReadLine();
        return running;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var folders = new NodeFolders();
        await using var running = Start(folders, arguments);
        var code = await running.EndedAsync();
        folders.AssertEmpty();
        return (code, running.Output);
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
            throw new TimeoutException($"QuickStart did not end within {Patience}. So far it said:{Environment.NewLine}{Output}");
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
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
