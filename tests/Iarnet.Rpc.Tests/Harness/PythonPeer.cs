using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;

namespace Iarnet.Rpc.Harness;

/// <summary>A process of Debian's Python with grpcio and the stubs of echo.proto.</summary>
internal sealed class PythonPeer : IAsyncDisposable
{
    private const string Python = "/usr/bin/python3";
    private const string Missing = "The tests need Debian's python3-grpcio, python3-grpc-tools and python3-protobuf for " + Python + ".";

    private static readonly Lazy<Task<string>> Stubs = new(CompileAsync);

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _errors = new();

    private PythonPeer(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is null)
            {
                _lines.Writer.TryComplete();
            }
            else
            {
                _lines.Writer.TryWrite(e.Data);
            }
        };
        process.ErrorDataReceived += (_, e) => _errors.Enqueue(e.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private static string Scripts => Path.Combine(AppContext.BaseDirectory, "Python");

    /// <summary>What the peer printed on standard output, line by line.</summary>
    public ChannelReader<string> Lines => _lines.Reader;

    /// <summary>Starts a script; the folder of the stubs comes before its arguments.</summary>
    public static async Task<PythonPeer> StartAsync(string script, params string[] arguments) =>
        new(Launch([Path.Combine(Scripts, script), await Stubs.Value.Within("the Python stubs of echo.proto"), .. arguments]));

    /// <summary>The next line; fails with what the peer wrote on standard error when it ended.</summary>
    public async Task<string> ReadLineAsync(string what)
    {
        if (await _lines.Reader.WaitToReadAsync().AsTask().Within(what) && _lines.Reader.TryRead(out var line))
        {
            return line;
        }

        await _process.WaitForExitAsync().Within("the end of the peer");
        throw new InvalidOperationException($"The Python peer ended before {what}.\n{string.Join('\n', _errors)}");
    }

    /// <summary>Waits for the end and asserts that the script was content.</summary>
    public async Task SucceedAsync(string what)
    {
        await _process.WaitForExitAsync().Within(what);
        Assert.True(_process.ExitCode == 0, $"The Python peer ended with {_process.ExitCode}.\n{string.Join('\n', _errors)}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync().Within("the end of the killed peer");
        }

        _process.Dispose();
    }

    private static async Task<string> CompileAsync()
    {
        var folder = Directory.CreateTempSubdirectory("rpcpy").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        using var process = Launch(["-m", "grpc_tools.protoc", "-I", Scripts, "--python_out", folder, "--grpc_python_out", folder, "echo.proto"]);
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? folder : throw new InvalidOperationException($"{Missing}\n{await errors}");
    }

    private static Process Launch(string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Keeps a proxy of the environment away from loopback.
        start.Environment["no_proxy"] = "*";
        return Process.Start(start) ?? throw new InvalidOperationException(Missing);
    }
}
