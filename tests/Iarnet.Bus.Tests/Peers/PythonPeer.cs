namespace Iarnet.Bus.Tests.Peers;

/// <summary>Programs of Debian's Python with pyzmq.</summary>
internal static class PythonPeer
{
    private const string Python = "/usr/bin/python3";
    private const string Needs = "It needs Debian's python3-zmq, python3-protobuf and python3-grpc-tools (apt-get install).";

    public static string Folder => ForeignPeer.Folder;

    /// <summary>Starts a program and returns the first line that it prints.</summary>
    public static Task<(ForeignPeer Peer, string FirstLine)> StartAsync(string program, params string[] arguments) => Start(program, arguments).StartedAsync();

    /// <summary>Starts a program in a network namespace and returns the first line that it prints.</summary>
    public static Task<(ForeignPeer Peer, string FirstLine)> StartInAsync(string networkNamespace, string program, params string[] arguments) =>
        // "ip" becomes the program: signals reach it.
        ForeignPeer.Start(Needs, "ip", ["netns", "exec", networkNamespace, Python, Path.Combine(Folder, program), .. arguments]).StartedAsync();

    /// <summary>Starts a program that prints nothing.</summary>
    public static Task<ForeignPeer> StartSilentAsync(string program, params string[] arguments) => Task.FromResult(Start(program, arguments));

    /// <summary>Runs a program to its end.</summary>
    public static Task<string> RunAsync(params string[] arguments) => ForeignPeer.RunAsync(Needs, Python, arguments);

    private static ForeignPeer Start(string program, string[] arguments) => ForeignPeer.Start(Needs, Python, [Path.Combine(Folder, program), .. arguments]);
}
