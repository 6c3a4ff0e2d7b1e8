using System.Reflection.Emit;
using System.Security.Cryptography;
using Iarnet.Components.Code;
using Iarnet.Functions;

namespace Iarnet.Components.Tests.Code;

public sealed class CodeBundleTests
{
    [Fact]
    public void A_bundle_holds_the_assembly_and_what_it_refers_to_by_hash_without_the_framework()
    {
        var bundle = Bundle(((Delegate)Square).Method);

        Assert.Equal("Iarnet.Components.Tests.dll", bundle.Files[0].Name);
        Assert.Contains(bundle.Files, file => file.Name == "xunit.assert.dll");
        Assert.Contains(bundle.Files, file => file.Name == "Iarnet.Core.dll");
        Assert.DoesNotContain(bundle.Files, file => file.Name.StartsWith("System.", StringComparison.Ordinal));
        Assert.All(bundle.Files, file => Assert.Equal(SHA256.HashData(File.ReadAllBytes(file.Path)), file.Sha256.ToArray()));
        Assert.Equal(("Iarnet.Components.Tests", typeof(CodeBundleTests).FullName, nameof(Square)), (bundle.Assembly, bundle.Type, bundle.Method));
        Assert.Equal("System.Int32, System.Private.CoreLib", Assert.Single(bundle.ParameterTypes));
    }

    [Fact]
    public void What_the_worker_has_itself_stays_at_home()
    {
        // A folder with everything that this program has: nothing but the function's own assembly is asked for, and that always travels.
        var bundle = CodeBundle.Of(new DotNetMethodCode(((Delegate)Square).Method), new AssemblyClosure(AppContext.BaseDirectory), new CodeFileCatalog());

        Assert.Equal(["Iarnet.Components.Tests.dll"], bundle.Files.Select(file => file.Name));
    }

    [Fact]
    public void A_file_is_hashed_anew_when_it_changed()
    {
        var path = Path.Combine(Path.GetTempPath(), $"iarnet-{Path.GetRandomFileName()}.dll");
        try
        {
            var catalog = new CodeFileCatalog();
            File.WriteAllText(path, "one");
            var first = catalog.Get(path);
            Assert.Same(first, catalog.Get(path));
            File.WriteAllText(path, "three");

            Assert.NotEqual(first.Sha256.ToArray(), catalog.Get(path).Sha256.ToArray());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Code_made_at_run_time_is_refused_with_the_reason()
    {
        var method = new DynamicMethod("made", typeof(int), []);

        var error = Assert.Throws<FunctionNotSupportedException>(() => Bundle(method));

        Assert.Contains("made at run time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_assembly_that_is_no_file_is_refused_with_what_to_do()
    {
        var type = AssemblyBuilder.DefineDynamicAssembly(new("Nowhere"), AssemblyBuilderAccess.Run).DefineDynamicModule("m").DefineType("T");
        var method = type.DefineMethod("M", System.Reflection.MethodAttributes.Static | System.Reflection.MethodAttributes.Public, typeof(void), []);
        method.GetILGenerator().Emit(OpCodes.Ret);

        var error = Assert.Throws<FunctionNotSupportedException>(() => Bundle(type.CreateType().GetMethod("M")!));

        Assert.Contains("'Nowhere' cannot travel", error.Message, StringComparison.Ordinal);
        Assert.Contains("PublishSingleFile", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Generic_methods_and_references_into_the_process_are_refused()
    {
        Assert.Contains("generic", Assert.Throws<FunctionNotSupportedException>(() => Bundle(typeof(CodeBundleTests).GetMethod(nameof(Same), System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!.MakeGenericMethod(typeof(int)))).Message, StringComparison.Ordinal);
        Assert.Contains("'x'", Assert.Throws<FunctionNotSupportedException>(() => Bundle(typeof(CodeBundleTests).GetMethod(nameof(Increment), System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!)).Message, StringComparison.Ordinal);
    }

    internal static int Square(int x) => x * x;

    internal static T Same<T>(T x) => x;

    internal static int Increment(ref int x) => x++;

    private static CodeBundle Bundle(System.Reflection.MethodInfo method) => CodeBundle.Of(new DotNetMethodCode(method), new AssemblyClosure(null), new CodeFileCatalog());
}
