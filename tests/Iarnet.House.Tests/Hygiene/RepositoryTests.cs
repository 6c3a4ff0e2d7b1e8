using System.Text.RegularExpressions;

namespace Iarnet.House.Hygiene;

public sealed partial class RepositoryTests
{
    // In halves, so that this file does not find itself.
    private static readonly string[] Machine = ["/wo" + "rk/", "/fa" + "rm/", "/home" + "/", "C:" + @"\Users"];
    private static readonly string[] Registries = ["nuget" + ".org", "pypi" + ".org", "registry" + ".npmjs", "deb" + ".debian.org", "files." + "pythonhosted"];
    private static readonly string[] Text =
    [
        ".cs", ".csproj", ".props", ".targets", ".sln", ".md", ".txt", ".py", ".proto", ".sh", ".json", ".config", ".editorconfig", ".globalconfig", ".yml", ".yaml", ".toml", ".cfg", "",
    ];

    [Fact]
    public void No_file_names_a_place_of_one_machine_or_a_registry() => Findings.MustBeEmpty(
        from file in Repository.Files(".", "*")
        where Text.Contains(Path.GetExtension(file), StringComparer.Ordinal) || Path.GetFileName(file).StartsWith('.')
        from line in File.ReadLines(file).Index()
        from word in Machine.Concat(Registries)
        where line.Item.Contains(word, StringComparison.Ordinal)
        select $"{Repository.Relative(file)}:{line.Index + 1}: '{word}'",
        "The repository must work wherever it is cloned, with whatever source of packages is configured there:");

    [Fact]
    public void Every_rule_that_is_off_has_its_reason_above_it() => Findings.MustBeEmpty(
        from file in Repository.Files("eng", "*.globalconfig").Append(Repository.At(".editorconfig"))
        from finding in RulesWithoutReason(File.ReadAllLines(file))
        select $"{Repository.Relative(file)}:{finding}",
        "Write a comment above the rule, or above the block of rules that it stands in:");

    [Fact]
    public void Every_warning_that_a_project_ignores_has_its_reason_above_it() => Findings.MustBeEmpty(
        from folder in new[] { "src", "tests", "samples", "benchmarks", "eng" }
        from file in Repository.Files(folder, "*.*proj").Concat(Repository.Files(folder, "*.targets"))
        let lines = File.ReadAllLines(file)
        from line in lines.Index()
        where line.Item.Contains("<NoWarn", StringComparison.Ordinal) && (line.Index == 0 || !lines[line.Index - 1].TrimEnd().EndsWith("-->", StringComparison.Ordinal))
        select $"{Repository.Relative(file)}:{line.Index + 1}: {line.Item.Trim()}",
        "Write a comment above the ignored warning:");

    [Fact]
    public void Every_script_runs_and_stops_at_the_first_error() => Findings.MustBeEmpty(
        from file in Repository.Files("eng", "*.sh").Append(Repository.At(".ci", "run")).Where(File.Exists)
        let text = File.ReadAllText(file)
        from finding in new[]
        {
            text.StartsWith("#!/usr/bin/env bash\n", StringComparison.Ordinal) ? null : "does not begin with #!/usr/bin/env bash",
            text.Contains("set -euo pipefail", StringComparison.Ordinal) ? null : "does not set -euo pipefail",
            OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & UnixFileMode.UserExecute) != 0 ? null : "is not executable",
        }
        where finding is not null
        select $"{Repository.Relative(file)} {finding}",
        "Scripts:");

    [Fact]
    public void Every_project_stands_in_the_solution()
    {
        var solution = File.ReadAllText(Repository.At("Iarnet.Libraries.sln")).Replace('\\', '/');
        Findings.MustBeEmpty(
            from folder in new[] { "src", "tests", "samples", "benchmarks" }
            from file in Repository.Files(folder, "*.csproj")
            let path = Repository.Relative(file)
            where !solution.Contains($"\"{path}\"", StringComparison.Ordinal)
            select $"dotnet sln add {path}",
            "These are neither built nor packed nor tested with the rest:");
    }

    [Fact]
    public void Every_page_that_a_contract_names_is_there() => Findings.MustBeEmpty(
        from file in Repository.Files("proto", "*.proto")
        from Match match in Page().Matches(File.ReadAllText(file))
        where !File.Exists(Repository.At(match.Value))
        select $"{Repository.Relative(file)}: {match.Value}",
        "These pages do not exist:");

    [Fact]
    public void Every_page_links_only_to_files_that_are_there() => Findings.MustBeEmpty(
        from file in Repository.Files(".", "*.md")
        from Match match in Link().Matches(File.ReadAllText(file))
        let target = match.Groups["target"].Value.Split('#')[0]
        where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
        where !Path.Exists(Path.Combine(Path.GetDirectoryName(file)!, target))
        select $"{Repository.Relative(file)}: {target}",
        "These links lead nowhere:");

    [Theory]
    [InlineData("# CA1: because.\ndotnet_diagnostic.CA1.severity = none", false)]
    [InlineData("# CA1, CA2: because.\ndotnet_diagnostic.CA1.severity = none\ndotnet_diagnostic.CA2.severity = none", false)]
    [InlineData("dotnet_diagnostic.CA1.severity = none", true)]
    [InlineData("# Something else.\n\ndotnet_diagnostic.CA1.severity = none", true)]
    [InlineData("dotnet_diagnostic.CA1.severity = error", false)]
    public void A_rule_that_is_off_without_a_reason_is_found(string config, bool found) => Assert.Equal(found, RulesWithoutReason(config.Split('\n')).Any());

    private static IEnumerable<string> RulesWithoutReason(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (!Off().IsMatch(lines[i]))
            {
                continue;
            }

            var above = i - 1;
            while (above >= 0 && lines[above].StartsWith("dotnet_diagnostic.", StringComparison.Ordinal))
            {
                above--;
            }

            if (above < 0 || !lines[above].StartsWith('#'))
            {
                yield return $"{i + 1}: {lines[i]}";
            }
        }
    }

    [GeneratedRegex(@"^dotnet_diagnostic\.\w+\.severity\s*=\s*(none|silent)")]
    private static partial Regex Off();

    [GeneratedRegex(@"docs/[\w/-]+\.md")]
    private static partial Regex Page();

    [GeneratedRegex(@"\]\((?<target>[^()\s]+)\)")]
    private static partial Regex Link();
}
