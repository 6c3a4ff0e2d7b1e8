using System.Xml.Linq;

namespace Iarnet.House.Hygiene;

public sealed class PackageTests
{
    public static TheoryData<string> Packages => [.. Repository.Packages];

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_says_what_it_is_and_under_which_words_it_is_found(string package)
    {
        var project = XDocument.Load(Repository.ProjectFile(package));
        var description = Value(project, "Description");
        Assert.True(description.Length >= 40 && description.EndsWith('.'), $"{package}: a description is one sentence or more; found '{description}'.");
        Assert.True(Value(project, "PackageTags").Split(';', StringSplitOptions.RemoveEmptyEntries).Length >= 2, $"{package} needs two tags or more.");
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_has_a_page_that_says_how_to_get_and_use_it(string package)
    {
        var path = Repository.At("src", package, "README.md");
        Assert.True(File.Exists(path), $"{package} has no README.md.");
        var text = File.ReadAllText(path);
        Assert.StartsWith($"# {package}", text, StringComparison.Ordinal);
        Assert.True(text.Contains("```", StringComparison.Ordinal), $"{package}/README.md shows nothing: it needs a snippet.");
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_project_file_holds_facts_only(string package)
    {
        var project = XDocument.Load(Repository.ProjectFile(package));
        Findings.MustBeEmpty(
            project.Descendants().Select(element => element.Name.LocalName).Intersect(["TargetFramework", "Nullable", "LangVersion", "Version", "IsPackable", "TreatWarningsAsErrors"], StringComparer.Ordinal),
            $"{package}.csproj repeats what follows from its place (Directory.Build.props, eng/Library.targets):");
        Findings.MustBeEmpty(
            project.Descendants().Where(element => element.Name.LocalName is "PackageReference" && element.Attribute("Version") is not null).Select(element => (string)element.Attribute("Include")!),
            $"{package}.csproj states versions; they stand in Directory.Packages.props:");
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_with_code_is_tested_by_a_project_of_its_own(string package)
    {
        if (Repository.Files($"src/{package}", "*.cs").Any())
        {
            Assert.True(Directory.Exists(Repository.At("tests", $"{package}.Tests")), $"There is no tests/{package}.Tests.");
        }
    }

    private static string Value(XDocument project, string property) =>
        project.Descendants().FirstOrDefault(element => element.Name.LocalName == property)?.Value.Trim() ?? "";
}
