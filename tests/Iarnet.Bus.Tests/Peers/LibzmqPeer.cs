namespace Iarnet.Bus.Tests.Peers;

/// <summary>The program in C with libzmq, compiled where it is first needed.</summary>
internal static class LibzmqPeer
{
    private const string Needs = "It needs Debian's gcc, libc6-dev and libzmq3-dev (apt-get install).";

    private static readonly Lazy<Task<string>> Program = new(CompileAsync);

    /// <summary>Starts it and returns the first line that it prints.</summary>
    public static async Task<(ForeignPeer Peer, string FirstLine)> StartAsync(params string[] arguments) =>
        await ForeignPeer.Start(Needs, await Program.Value, arguments).StartedAsync();

    private static async Task<string> CompileAsync()
    {
        var program = Path.Combine(ForeignPeer.Folder, "echo");
        await ForeignPeer.RunAsync(Needs, "gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-o", program, program + ".c", "-lzmq", "-lpthread");
        return program;
    }
}
