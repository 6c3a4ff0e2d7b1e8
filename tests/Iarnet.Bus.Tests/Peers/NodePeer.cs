using System.Reflection;

namespace Iarnet.Bus.Tests.Peers;

/// <summary>The program of zeromq.js. It runs where its package is installed, in the source folder.</summary>
internal static class NodePeer
{
    private const string Install = "npm ci --prefix tests/Iarnet.Bus.Tests/Peers/node --no-audit --no-fund";
    private const string Needs = $"It needs Node.js 20 or newer, and its package: run '{Install}' in the root of the repository, as ./eng/test.sh does.";

    private static string Folder { get; } = typeof(NodePeer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static entry => entry.Key == "NodePeerFolder").Value!;

    /// <summary>Starts it and returns the first line that it prints.</summary>
    public static Task<(ForeignPeer Peer, string FirstLine)> StartAsync(params string[] arguments) => Directory.Exists(Path.Combine(Folder, "node_modules", "zeromq"))
        ? ForeignPeer.Start(Needs, "node", [Path.Combine(Folder, "echo.mjs"), .. arguments]).StartedAsync()
        : throw new InvalidOperationException($"The package 'zeromq' is not installed in {Folder}. {Needs}");
}
