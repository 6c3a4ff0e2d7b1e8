using System.Runtime.InteropServices;

namespace Iarnet.Hosting.Node;

/// <summary>The "dotnet" program that belongs to the runtime which this process runs on.</summary>
internal static class DotNetHost
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (string.Equals(System.IO.Path.GetFileName(Environment.ProcessPath), name, StringComparison.OrdinalIgnoreCase))
        {
            return Environment.ProcessPath!;
        }

        // root/shared/Microsoft.NETCore.App/10.0.x/ is where a framework-dependent program's runtime lies.
        var root = System.IO.Path.GetFullPath(System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var beside = System.IO.Path.Combine(root, name);
        return File.Exists(beside) ? beside : name;
    }
}
