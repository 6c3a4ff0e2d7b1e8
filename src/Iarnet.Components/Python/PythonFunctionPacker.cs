using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Iarnet.Functions;

namespace Iarnet.Components.Python;

/// <summary>
/// Turns a Python source file's function into a cloudpickle, with this machine's interpreter. Each state of a file is packed once. Thread-safe.
/// </summary>
internal sealed class PythonFunctionPacker
{
    /// <summary>How long a failure stands before the file is packed again.</summary>
    private static readonly TimeSpan FailureMemory = TimeSpan.FromSeconds(1);

    private static readonly Lazy<string> Script = new(ReadScript);

    private readonly string _interpreter;
    private readonly string _modules;
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<Task<PackedFunction>, bool> _forgetting = new();
    private readonly ConcurrentDictionary<(string Path, DateTime Written, string Function), Task<PackedFunction>> _packed = new();

    public PythonFunctionPacker(string interpreter, string workerFolder, TimeSpan limit, TimeProvider time)
    {
        _modules = Path.Combine(workerFolder, "python");
        _interpreter = interpreter;
        _limit = limit;
        _time = time;
    }

    /// <exception cref="FunctionNotSupportedException">The interpreter, a module, the file or the function is missing, or the file does not run.</exception>
    public async ValueTask<PackedFunction> PackAsync(PythonFileCode code, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(code.Path);
        if (!File.Exists(path))
        {
            throw new FunctionNotSupportedException($"Python function '{code.Function}' cannot be loaded: there is no file '{path}'.");
        }

        var key = (path, File.GetLastWriteTimeUtc(path), code.Function);
        var packing = _packed.GetOrAdd(key, static (key, packer) => packer.RunAsync(key.Path, key.Function), this);
        try
        {
            return await packing.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (FunctionNotSupportedException)
        {
            // What was missing may be installed in the meantime: a later call looks again. Not each of a thousand calls at once, though.
            if (_forgetting.TryAdd(packing, true))
            {
                _ = ForgetAsync(key, packing);
            }

            throw;
        }
    }

    private async Task ForgetAsync((string Path, DateTime Written, string Function) key, Task<PackedFunction> packing)
    {
        await Task.Delay(FailureMemory, _time, CancellationToken.None).ConfigureAwait(false);
        _packed.TryRemove(new(key, packing));
        _forgetting.TryRemove(packing, out _);
    }

    private async Task<PackedFunction> RunAsync(string path, string function)
    {
        using var process = Start(path, function);
        using var limit = new CancellationTokenSource(_limit, _time);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await Task.WhenAll(output, errors, process.WaitForExitAsync(limit.Token)).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new FunctionNotSupportedException($"Python function '{function}' of '{path}' was not packed within {_limit.TotalSeconds:0} s. A source file of functions must not do its work when it is imported.", e);
        }

        return Interpret(await output.ConfigureAwait(false), await errors.ConfigureAwait(false), process.ExitCode, path, function);
    }

    private Process Start(string path, string function)
    {
        var start = new ProcessStartInfo(_interpreter)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            UseShellExecute = false,
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Script.Value);
        start.ArgumentList.Add(path);
        start.ArgumentList.Add(function);
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";

        // The file may import what the worker offers to functions.
        start.Environment.TryGetValue("PYTHONPATH", out var inherited);
        start.Environment["PYTHONPATH"] = string.IsNullOrEmpty(inherited) ? _modules : $"{_modules}{Path.PathSeparator}{inherited}";
        try
        {
            return Process.Start(start) ?? throw new Win32Exception();
        }
        catch (Win32Exception e)
        {
            throw new FunctionNotSupportedException(
                $"Python function '{function}' needs a Python interpreter, and '{_interpreter}' cannot be started: {e.Message}. Install it (Debian: apt-get install python3 python3-cloudpickle) or name another one in {nameof(ComponentActorHostOptions)}.{nameof(ComponentActorHostOptions.PythonInterpreter)}.",
                e);
        }
    }

    private PackedFunction Interpret(string output, string errors, int exitCode, string path, string function)
    {
        PackAnswer? answer;
        try
        {
            answer = JsonSerializer.Deserialize(output, PackAnswerContext.Default.PackAnswer);
        }
        catch (JsonException)
        {
            answer = null;
        }

        var what = $"Python function '{function}' of '{path}' cannot be loaded: ";
        return answer switch
        {
            { Pickle: { } pickle } => new PackedFunction(pickle, [.. answer.Parameters ?? []]),
            { Message: { } message } => throw new FunctionNotSupportedException($"{what}{answer.Type}: {message}."),
            _ => throw new FunctionNotSupportedException($"{what}'{_interpreter}' ended with code {exitCode} and said: {(errors.Length == 0 ? output : errors).Trim()}"),
        };
    }

    private static string ReadScript()
    {
        using var stream = typeof(PythonFunctionPacker).Assembly.GetManifestResourceStream("pack.py")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
