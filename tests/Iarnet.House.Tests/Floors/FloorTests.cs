using System.Xml.Linq;

namespace Iarnet.House.Floors;

public sealed class FloorTests
{
    [Fact]
    public void No_package_references_one_above_it_or_beside_it()
    {
        var findings = from package in Repository.Packages
                       from reference in References(package)
                       let finding = Floor.Judge(package, reference)
                       where finding is not null
                       select finding;
        Findings.MustBeEmpty(findings, "The floors of docs/architecture.md do not hold:");
    }

    [Fact]
    public void Every_package_stands_on_a_floor_and_has_the_name_of_its_folder()
    {
        Findings.MustBeEmpty(Repository.Packages.Where(package => !Floor.IsKnown(package)), "These packages stand on no floor; give each one in Floor.cs and in docs/architecture.md:");
        Findings.MustBeEmpty(Repository.Packages.Where(package => !File.Exists(Repository.ProjectFile(package))), "These folders do not hold a project of their own name:");
    }

    [Fact]
    public void The_meta_package_gathers_the_floors_up_to_hosting_and_has_no_code()
    {
        if (!Repository.Packages.Contains("Iarnet", StringComparer.Ordinal))
        {
            return;
        }

        Assert.Empty(Repository.Files("src/Iarnet", "*.cs"));
        Assert.Contains("Iarnet.Hosting", References("Iarnet"));
    }

    [Fact]
    public void Internals_are_open_to_tests_and_benchmarks_only()
    {
        var declared = from package in Repository.Packages
                       from item in XDocument.Load(Repository.ProjectFile(package)).Descendants()
                       where item.Name.LocalName is "TestedBy" or "InternalsVisibleTo"
                       let friend = (string?)item.Attribute("Include") ?? ""
                       where !friend.EndsWith(".Tests", StringComparison.Ordinal) && !friend.EndsWith("Benchmarks", StringComparison.Ordinal)
                       select $"{package}.csproj opens its internals to '{friend}'";
        var written = from file in Repository.Files("src", "*.cs")
                      where File.ReadAllText(file).Contains("InternalsVisibleTo", StringComparison.Ordinal)
                      select $"{Repository.Relative(file)} opens internals in code: state it in the project file, with TestedBy";
        Findings.MustBeEmpty(declared.Concat(written), "What a sibling needs is an extension point, and public:");
    }

    [Theory]
    [InlineData("Iarnet.Dag", "Iarnet.Core")]
    [InlineData("Iarnet.Components", "Iarnet.Bus")]
    [InlineData("Iarnet.Hosting", "Iarnet.Scheduling")]
    [InlineData("Iarnet.Cli", "Iarnet.Core")]
    [InlineData("Iarnet", "Iarnet.Hosting")]
    [InlineData("Iarnet.Testing", "Iarnet.Hosting")]
    public void A_way_down_is_open(string from, string to) => Assert.Null(Floor.Judge(from, to));

    [Theory]
    [InlineData("Iarnet.Core", "Iarnet.Dag")]
    [InlineData("Iarnet.Core", "Iarnet.Rpc")]
    [InlineData("Iarnet.Rpc", "Iarnet.Core")]
    [InlineData("Iarnet.Bus", "Iarnet.Store")]
    [InlineData("Iarnet.Scheduling", "Iarnet.Components")]
    [InlineData("Iarnet.Scheduling", "Iarnet.Hosting")]
    [InlineData("Iarnet.Hosting", "Iarnet.Worker")]
    [InlineData("Iarnet.Hosting", "Iarnet")]
    [InlineData("Iarnet.Hosting", "Iarnet.Testing")]
    [InlineData("Iarnet.Hosting", "Iarnet.Unheard")]
    [InlineData("Iarnet.Unheard", "Iarnet.Core")]
    public void A_way_up_sideways_outside_or_to_the_unknown_is_closed(string from, string to) => Assert.NotNull(Floor.Judge(from, to));

    private static IEnumerable<string> References(string package) =>
        from item in XDocument.Load(Repository.ProjectFile(package)).Descendants()
        where item.Name.LocalName == "ProjectReference"
        select Path.GetFileNameWithoutExtension(((string?)item.Attribute("Include") ?? "").Replace('\\', '/'));
}
