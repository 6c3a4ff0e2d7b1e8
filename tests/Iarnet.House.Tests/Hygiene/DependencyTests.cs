using System.Xml.Linq;

namespace Iarnet.House.Hygiene;

public sealed class DependencyTests
{
    private static readonly string Page = File.ReadAllText(Repository.At("docs", "dependencies.md"));

    [Fact]
    public void Every_dependency_has_its_reason_in_the_page() => Findings.MustBeEmpty(
        Referenced().Where(package => !Page.Contains(package, StringComparison.Ordinal)),
        "Say in docs/dependencies.md why these are taken:");

    [Fact]
    public void Every_version_is_of_a_package_that_something_references() => Findings.MustBeEmpty(
        Versions().Except(Referenced(), StringComparer.Ordinal).Where(package => !Pinned(package)),
        "Nothing references these; take them out of Directory.Packages.props, or say in the page why they are pinned:");

    private static IEnumerable<string> Referenced() => new[] { "src", "tests", "samples", "benchmarks", "eng" }
        .SelectMany(folder => Repository.Files(folder, "*.csproj").Concat(Repository.Files(folder, "*.targets")))
        .SelectMany(file => Includes(file, "PackageReference"))
        .Where(package => !package.StartsWith("Iarnet", StringComparison.Ordinal))
        .Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> Versions() => Includes(Repository.At("Directory.Packages.props"), "PackageVersion");

    // Those that come with another, at a version of our choice.
    private static bool Pinned(string package) => package is "FSharp.Core" or "Microsoft.CodeAnalysis.Analyzers" or "Microsoft.Diagnostics.Tracing.TraceEvent" or "System.Management";

    private static IEnumerable<string> Includes(string file, string item) =>
        XDocument.Load(file).Descendants().Where(element => element.Name.LocalName == item).Select(element => (string?)element.Attribute("Include")).OfType<string>();
}
