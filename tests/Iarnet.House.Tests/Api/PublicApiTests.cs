using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Iarnet.House.Api;

[Trait("Category", "Ledger")]
public sealed class PublicApiTests
{
    public static TheoryData<string> Libraries => [.. WithLibrary];

    // Not those that ship a program, or nothing: nobody compiles against them.
    private static IEnumerable<string> WithLibrary =>
        Repository.Packages.Where(package => !File.ReadAllText(Repository.ProjectFile(package)).Contains("<IncludeBuildOutput>false", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Libraries))]
    public void The_public_surface_is_the_one_of_the_ledger(string package)
    {
        var compilation = CSharpCompilation.Create("Ledger", references: Metadata.References);
        var assembly = Metadata.References.Select(compilation.GetAssemblyOrModuleSymbol).OfType<IAssemblySymbol>().SingleOrDefault(one => one.Name == package);
        Assert.True(assembly is not null, $"{package}.dll does not lie beside the tests.");
        Ledger.MustEqual($"{package}.txt", PublicApi.Of(assembly));
    }

    [Fact]
    public void Every_ledger_belongs_to_a_package() => Findings.MustBeEmpty(
        Repository.Files("api", "*.txt").Select(file => Path.GetFileNameWithoutExtension(file)).Where(name => name != "wire" && !WithLibrary.Contains(name, StringComparer.Ordinal)),
        "Ledgers in api/ of packages that ship no library:");

    [Fact]
    public void Nullability_defaults_constants_and_modifiers_are_written_and_internals_are_not()
    {
        const string Source = """
            #nullable enable
            namespace N;
            public abstract class C<T> where T : class, new()
            {
                public const int Limit = 7;
                internal int Hidden;
                private protected int AlsoHidden;
                protected virtual string? Text { get; init; }
                public static System.Collections.Generic.List<string?> M(in int a, params string[] rest) => throw null!;
                public T? Find(string name = "x", System.Threading.CancellationToken ct = default) => null;
                public override string ToString() => "";
                private sealed class Inner { public int X; }
            }
            public readonly record struct P(int X);
            [System.Flags] public enum E : byte { None, One = 1 }
            public delegate void D(string? s);
            """;
        var compilation = CSharpCompilation.Create("Sample", [CSharpSyntaxTree.ParseText(Source)], Metadata.References);
        Assert.Equal(
            """
            # The public surface of Sample, written by eng/api.sh. A difference is a change of contract.

            public abstract class N.C<T> where T : class, new()
              public const int Limit = 7
              protected C()
              protected virtual string? Text { get; init; }
              public T? Find(string name = "x", System.Threading.CancellationToken ct = default)
              public static System.Collections.Generic.List<string?> M(in int a, params string[] rest)

            public delegate void N.D(string? s)

            public enum N.E : byte
              None = 0
              One = 1

            public readonly record struct N.P : System.IEquatable<N.P>
              public P(int X)
              public int X { get; init; }
              public void Deconstruct(out int X)

            """.ReplaceLineEndings("\n"),
            PublicApi.Of(compilation.Assembly));
    }
}
