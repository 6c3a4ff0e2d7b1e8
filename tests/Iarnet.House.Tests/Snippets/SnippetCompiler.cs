using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Iarnet.House.Snippets;

/// <summary>Compiles a snippet as a program of a user who has every package.</summary>
internal static class SnippetCompiler
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    // Those of a web project, for the pages that show one.
    private const string WebUsings = """
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    private static readonly CSharpParseOptions Options = new(LanguageVersion.CSharp14);

    public static IEnumerable<string> Errors(Snippet snippet)
    {
        var compilation = CSharpCompilation.Create(
            "Snippet",
            [
                Parse(ImplicitUsings),
                .. Program(snippet).Contains("WebApplication", StringComparison.Ordinal) ? new[] { Parse(WebUsings) } : [],
                Parse(Program(snippet)),
            ],
            Metadata.References,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: false));
        return compilation.GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic => $"{snippet.Page}:{diagnostic.Location.GetMappedLineSpan().StartLinePosition.Line + 1}: {diagnostic.GetMessage(null)}");
    }

    private static SyntaxTree Parse(string code) => CSharpSyntaxTree.ParseText(code, Options);

    // Usings must come first, wherever they stood; #line makes an error point at the page.
    private static string Program(Snippet snippet)
    {
        var given = snippet.Given.Split('\n');
        var code = snippet.Code.Split('\n');
        var usings = given.Concat(code).Where(IsUsing).Distinct(StringComparer.Ordinal);
        return string.Join('\n', [.. usings, .. given.Where(line => !IsUsing(line)), $"#line {snippet.Line}", .. code.Select(line => IsUsing(line) || line.StartsWith("#:", StringComparison.Ordinal) ? "" : line)]);
    }

    private static bool IsUsing(string line) => line.StartsWith("using ", StringComparison.Ordinal) && line.TrimEnd().EndsWith(';')
        && !line.Contains('(', StringComparison.Ordinal) && !line.StartsWith("using var ", StringComparison.Ordinal);
}
