namespace Iarnet.Bus.Tests.Peers;

/// <summary>The bus' contract as a Python module, made by protoc from the same file that ours is made from.</summary>
internal sealed class PythonProto : IDisposable
{
    private PythonProto(string path, Task done)
    {
        Path = path;
        Done = done;
    }

    /// <summary>The folder to put on Python's path.</summary>
    public string Path { get; }

    /// <summary>Ends when the module is there.</summary>
    public Task Done { get; }

    public static PythonProto Generate()
    {
        var folder = Directory.CreateTempSubdirectory("iarnet-proto-").FullName;
        var source = System.IO.Path.Combine(PythonPeer.Folder, "proto");
        return new PythonProto(folder, PythonPeer.RunAsync(
            "-m", "grpc_tools.protoc", "-I", source, $"--python_out={folder}", System.IO.Path.Combine(source, "iarnet/bus/v1/bus.proto")));
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
