using Microsoft.CodeAnalysis;

namespace Iarnet.House;

/// <summary>What the tests run with: the framework, and every package beside it.</summary>
internal static class Metadata
{
    public static IReadOnlyList<PortableExecutableReference> References { get; } =
        [.. Paths().Select(path => MetadataReference.CreateFromFile(path))];

    // The tests' own assembly is left out: a snippet must not see it.
    private static IEnumerable<string> Paths() =>
        ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(path => !Path.GetFileName(path).EndsWith(".Tests.dll", StringComparison.Ordinal));
}
