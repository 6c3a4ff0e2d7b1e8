using System.Diagnostics;

namespace Iarnet.Bus.Tests.Peers;

/// <summary>A program of Debian's Python with pyzmq: a foreign implementation at the other end of the wire.</summary>
internal sealed class PythonPeer : IAsyncDisposable
{
    private const string Python = "/usr/bin/python3";
    private readonly Process _process;
    private readonly Task<string> _errors;

    private PythonPeer(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The process, for signals.</summary>
    public int Id => _process.Id;

    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Peers");

    /// <summary>Starts a program and returns the first line that it prints.</summary>
    public static async Task<(PythonPeer Peer, string FirstLine)> StartAsync(string program, params string[] arguments)
    {
        var peer = await StartSilentAsync(program, arguments);
        return (peer, await peer.NextLineAsync());
    }

    /// <summary>Starts a program in a network namespace and returns the first line that it prints.</summary>
    public static async Task<(PythonPeer Peer, string FirstLine)> StartInAsync(string networkNamespace, string program, params string[] arguments)
    {
        // "ip" becomes the program: signals reach it.
        var peer = Start("ip", ["netns", "exec", networkNamespace, Python, Path.Combine(Folder, program), .. arguments]);
        return (peer, await peer.NextLineAsync());
    }

    /// <summary>Starts a program that prints nothing.</summary>
    public static Task<PythonPeer> StartSilentAsync(string program, params string[] arguments) =>
        Task.FromResult(Start(Python, [Path.Combine(Folder, program), .. arguments]));

    /// <summary>Waits for its end; what it said on the error stream.</summary>
    public async Task<string> EndedAsync()
    {
        await _process.WaitForExitAsync().Within();
        return await _errors.Within();
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().Within();
        return process.ExitCode == 0 ? await output : throw Failed(await errors);
    }

    public async Task<string> NextLineAsync() =>
        await _process.StandardOutput.ReadLineAsync().Within("a line of the Python peer") ?? throw Failed(await _errors);

    /// <summary>Ends it as kill -9 does, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().Within();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static PythonPeer Start(string file, string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        return new PythonPeer(Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start."));
    }

    private static InvalidOperationException Failed(string errors) =>
        new($"The Python peer ended. These tests need Debian's python3-zmq, python3-protobuf and python3-grpc-tools (apt-get install). It said: {errors}");
}
