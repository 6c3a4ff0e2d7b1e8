namespace Iarnet.House.Snippets;

public sealed class SnippetTests
{
    public static TheoryData<string> Pages => [.. Repository.Files(".", "*.md").Where(file => Snippet.In("", File.ReadAllText(file)).Any()).Select(Repository.Relative)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void What_a_page_shows_compiles(string page) => Findings.MustBeEmpty(
        Snippet.In(page, File.ReadAllText(Repository.At(page))).SelectMany(SnippetCompiler.Errors),
        "A stranger copies these and they do not compile (CONTRIBUTING.md says how a snippet is written):");

    [Fact]
    public void An_error_names_the_line_of_the_page()
    {
        var snippet = Assert.Single(Snippet.In("page.md", "# Title\n\n```csharp\nvar one = 1;\nvar two = Nowhere;\n```\n"));
        Assert.Contains("page.md:5: The name 'Nowhere'", Assert.Single(SnippetCompiler.Errors(snippet)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_snippet_takes_for_granted_may_stand_above_it_unseen()
    {
        var snippet = Assert.Single(Snippet.In("page.md", "<!-- given\nusing System.Text;\nvar text = \"x\";\n-->\n\n```csharp\nConsole.WriteLine(new StringBuilder(text));\n```\n"));
        Assert.Empty(SnippetCompiler.Errors(snippet));
    }

    [Fact]
    public void A_program_of_one_file_may_name_its_packages_and_its_types_after_its_statements()
    {
        var snippet = Assert.Single(Snippet.In("page.md", "```csharp\n#:package Iarnet@*\nusing Iarnet.Resources;\n\nConsole.WriteLine(One.Core);\n\nstatic class One { public static long Core => CpuQuantity.Parse(\"1\"); }\n```\n"));
        Assert.Empty(SnippetCompiler.Errors(snippet));
    }

    [Fact]
    public void Blocks_of_other_languages_are_left_alone_and_end_what_was_given() =>
        Assert.Empty(Assert.Single(Snippet.In("page.md", "<!-- given\nvar x = 1;\n-->\n```bash\nls\n```\n```csharp\nvar y = 2;\n```\n")).Given);
}
