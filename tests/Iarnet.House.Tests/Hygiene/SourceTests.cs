using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Iarnet.House.Hygiene;

public sealed partial class SourceTests
{
    private const int LongestFile = 600;
    private const int LargestMedian = 80;

    private static readonly IReadOnlyList<string> Sources = [.. Repository.Files("src", "*.cs")];

    [Fact]
    public void No_file_is_so_long_that_it_holds_more_than_one_idea() => Findings.MustBeEmpty(
        from file in Sources
        let lines = File.ReadLines(file).Count()
        where lines > LongestFile
        select $"{Repository.Relative(file)}: {lines} lines",
        $"Split these by verb into partial files of at most {LongestFile} lines:");

    [Fact]
    public void Half_of_the_files_fit_on_a_screen()
    {
        var lengths = Sources.Select(file => File.ReadLines(file).Count()).Order().ToList();
        var median = lengths[lengths.Count / 2];
        Assert.True(median <= LargestMedian, $"The median of {lengths.Count} files in src is {median} lines; it should stay at or below {LargestMedian}.");
    }

    [Fact]
    public void A_file_has_one_public_type_and_its_name() => Findings.MustBeEmpty(
        from file in Sources
        let names = PublicTypes(file).Distinct(StringComparer.Ordinal).ToList()
        where names.Count > 1 || (names.Count == 1 && !FrontOfName(file).Equals(names[0], StringComparison.Ordinal))
        select $"{Repository.Relative(file)}: {string.Join(", ", names)}",
        "One public type a file, in a file of its name (X.cs, or X.Verb.cs for a part of it):");

    [Fact]
    public void Every_suppression_gives_its_reason() => Findings.MustBeEmpty(
        from folder in new[] { "src", "tests", "samples", "benchmarks" }
        from file in Repository.Files(folder, "*.cs")
        from finding in Unexplained(File.ReadAllLines(file))
        select $"{Repository.Relative(file)}:{finding}",
        "Say why, in a comment beside the pragma or as the Justification of the attribute:");

    [Fact]
    public void No_stub_and_no_note_for_later_stands_in_what_ships() => Findings.MustBeEmpty(
        from file in Sources
        from line in File.ReadLines(file).Index()
        where Stub().IsMatch(line.Item)
        select $"{Repository.Relative(file)}:{line.Index + 1}: {line.Item.Trim()}",
        "What is not done is left out; what is to be done is an issue:");

    [Theory]
    [InlineData("#pragma warning disable CA1000", true)]
    [InlineData("#pragma warning disable CA1000 // the factory reads best on the type", false)]
    [InlineData("// The factory reads best on the type.\n#pragma warning disable CA1000", false)]
    [InlineData("[SuppressMessage(\"A\", \"B\")]", true)]
    [InlineData("[SuppressMessage(\"A\", \"B\",\n    Justification = \"the loop ends it\")]", false)]
    [InlineData("[UnconditionalSuppressMessage(\"A\", \"B\", Justification = \"\")]", true)]
    public void A_suppression_without_a_reason_is_found(string source, bool found) => Assert.Equal(found, Unexplained(source.Split('\n')).Any());

    private static IEnumerable<string> PublicTypes(string file) =>
        CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetRoot().DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .Select(node => node switch
            {
                BaseTypeDeclarationSyntax type when type.Modifiers.Any(SyntaxKind.PublicKeyword) => type.Identifier.Text,
                DelegateDeclarationSyntax type when type.Modifiers.Any(SyntaxKind.PublicKeyword) => type.Identifier.Text,
                _ => null,
            })
            .OfType<string>();

    // "X.cs", "X.Verb.cs", and "XOfT.cs" or "X{T}.cs" where X<T> stands beside an X.
    private static string FrontOfName(string file)
    {
        var front = Path.GetFileName(file).Split('.')[0].Split('{')[0];
        return front.EndsWith("OfT", StringComparison.Ordinal) ? front[..^"OfT".Length] : front;
    }

    private static IEnumerable<string> Unexplained(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            var commented = line.Contains("//", StringComparison.Ordinal) || (i > 0 && lines[i - 1].TrimStart().StartsWith("//", StringComparison.Ordinal));
            if (line.StartsWith("#pragma warning disable", StringComparison.Ordinal) && !commented)
            {
                yield return $"{i + 1}: {line}";
            }

            // The attribute may run over several lines; five are enough for its arguments.
            if (Suppression().IsMatch(line) && !Justification().IsMatch(string.Join('\n', lines.Skip(i).Take(5))))
            {
                yield return $"{i + 1}: {line}";
            }
        }
    }

    [GeneratedRegex(@"^\[[^""]*SuppressMessage\(")]
    private static partial Regex Suppression();

    [GeneratedRegex("Justification = \"[^\"]{10,}")]
    private static partial Regex Justification();

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bHACK\b|\bFIXME\b|\bXXX\b")]
    private static partial Regex Stub();
}
