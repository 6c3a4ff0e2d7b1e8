using System.Diagnostics;

namespace Iarnet.Hosting.Python;

/// <summary>Looks whether a Python interpreter has what the Python worker imports.</summary>
internal static class PythonCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly (string Module, string Package)[] Needed =
    [
        ("zmq", "python3-zmq"),
        ("grpc", "python3-grpcio"),
        ("google.protobuf", "python3-protobuf"),
        ("cloudpickle", "python3-cloudpickle"),
    ];

    /// <summary>Refuses, naming what is missing and how to get it.</summary>
    public static async Task RunAsync(string interpreter, CancellationToken cancellationToken)
    {
        var missing = await Task.Run(() => Missing(interpreter), cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (missing is null)
        {
            throw new IarnetException(
                $"There are Python functions, but '{interpreter}' cannot be started. Install Python 3 (Debian: apt-get install python3), or name the interpreter by the option PythonInterpreter.");
        }

        if (missing.Count > 0)
        {
            throw new IarnetException(
                $"There are Python functions, but '{interpreter}' lacks the modules {string.Join(", ", missing.Select(m => m.Module))}. "
                + $"On Debian: apt-get install {string.Join(' ', missing.Select(m => m.Package))}; or name another interpreter by the option PythonInterpreter.");
        }
    }

    /// <summary>What is missing; null when the interpreter cannot be run.</summary>
    public static IReadOnlyList<(string Module, string Package)>? Missing(string interpreter)
    {
        var probe = string.Join("; ", Needed.Select(need => $"print('{need.Module}') if not has('{need.Module}') else None"));
        var start = new ProcessStartInfo(interpreter, ["-c", $"import importlib.util as u\ndef has(m):\n  try: return u.find_spec(m) is not None\n  except ModuleNotFoundError: return False\n{probe}"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        try
        {
            using var process = Process.Start(start);
            if (process is null)
            {
                return null;
            }

            process.StandardInput.Close();
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            var output = process.StandardOutput.ReadToEndAsync();
            if (!output.Wait(Patience) || !process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                return null;
            }

            var names = output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return process.ExitCode == 0 ? [.. Needed.Where(need => names.Contains(need.Module))] : null;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException or IOException)
        {
            return null;
        }
    }
}
