using System.Diagnostics;

namespace Iarnet.Store.Tests.Service;

/// <summary>A real process with grpcio and the stubs that protoc makes of the contract for Python.</summary>
internal sealed class PythonClient : IDisposable
{
    private readonly Process _process;

    private PythonClient(Process process) => _process = process;

    /// <summary>Runs a script to its end and gives what it printed; fails with what it said when it failed.</summary>
    public static async Task<string> RunAsync(ServedStore served, string script)
    {
        using var client = await StartAsync(served, script);
        var output = client._process.StandardOutput.ReadToEndAsync();
        var errors = client._process.StandardError.ReadToEndAsync();
        await client._process.WaitForExitAsync().Within();
        Assert.True(client._process.ExitCode == 0, $"The Python client failed: {await errors}");
        return (await output).Trim();
    }

    private static async Task<PythonClient> StartAsync(ServedStore served, string script)
    {
        var proto = Path.Combine(RepositoryRoot(), "proto");
        await Python("-m", "grpc_tools.protoc", $"-I{proto}", $"--python_out={served.RunFolder}", $"--grpc_python_out={served.RunFolder}", Path.Combine(proto, "iarnet/store/v1/store.proto"));
        var file = Path.Combine(served.RunFolder, "client.py");
        await File.WriteAllTextAsync(file, $"""
            import os, sys, grpc
            sys.path.insert(0, {Quote(served.RunFolder)})
            from iarnet.store.v1 import store_pb2 as m, store_pb2_grpc
            store = store_pb2_grpc.ObjectStoreStub(grpc.insecure_channel({Quote("unix:" + served.Address["unix://".Length..])}))
            hello = store.Hello(m.HelloRequest(owner="python"), timeout=20)

            """ + script);
        return new PythonClient(Start(file));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static async Task Python(params string[] arguments)
    {
        using var process = Start(arguments);
        var errors = await process.StandardError.ReadToEndAsync().Within();
        await process.WaitForExitAsync().Within();
        Assert.True(process.ExitCode == 0, $"/usr/bin/python3 {string.Join(' ', arguments)} failed; this test needs python3-grpcio and python3-grpc-tools: {errors}");
    }

    private static Process Start(params string[] arguments) => Process.Start(
        new ProcessStartInfo("/usr/bin/python3", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static string Quote(string text) => "'" + text + "'";

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "proto", "iarnet", "store", "v1", "store.proto")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} has the contracts in 'proto'.");
        }

        return folder.FullName;
    }
}
