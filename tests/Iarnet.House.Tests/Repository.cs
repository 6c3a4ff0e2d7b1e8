using System.Collections.Immutable;

namespace Iarnet.House;

/// <summary>The files of this repository, as the tests of the house read them.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = [".git", "artifacts", "bin", "obj", "__pycache__", "node_modules", "TestResults"];

    public static string Root { get; } = FindRoot();

    /// <summary>The folders in src: one a package.</summary>
    public static ImmutableArray<string> Packages { get; } =
        [.. Directory.GetDirectories(At("src")).Where(folder => Directory.GetFiles(folder, "*.csproj").Length > 0).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    public static string At(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    public static string ProjectFile(string package) => At("src", package, $"{package}.csproj");

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>Files below a folder that are written by people: no build output, no folder of a tool.</summary>
    public static IEnumerable<string> Files(string folder, string pattern)
    {
        var start = At(folder);
        if (!Directory.Exists(start))
        {
            return [];
        }

        return Directory.EnumerateFiles(start, pattern, SearchOption.AllDirectories)
            .Where(file => !Relative(file).Split('/').Any(part => NotOurs.Contains(part, StringComparer.Ordinal)))
            .Order(StringComparer.Ordinal);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Iarnet.Libraries.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Iarnet.Libraries.sln above {AppContext.BaseDirectory}: these tests read the repository and run inside it.");
    }
}
