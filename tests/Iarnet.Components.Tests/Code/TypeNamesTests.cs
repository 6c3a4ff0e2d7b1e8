using Iarnet.Components.Code;

namespace Iarnet.Components.Tests.Code;

public sealed class TypeNamesTests
{
    private static readonly string Own = typeof(TypeNamesTests).Assembly.GetName().Name!;

    [Theory]
    [InlineData(typeof(int), "System.Int32, System.Private.CoreLib")]
    [InlineData(typeof(string[]), "System.String[], System.Private.CoreLib")]
    [InlineData(typeof(double[,]), "System.Double[,], System.Private.CoreLib")]
    [InlineData(typeof(Dictionary<string, int[]>), "System.Collections.Generic.Dictionary`2[[System.String, System.Private.CoreLib],[System.Int32[], System.Private.CoreLib]], System.Private.CoreLib")]
    public void Names_say_the_assembly_and_no_version(Type type, string expected) => Assert.Equal(expected, TypeNames.Of(type));

    [Fact]
    public void Types_of_an_application_name_its_assembly() =>
        Assert.Equal($"System.Collections.Generic.List`1[[{typeof(Nested).FullName}, {Own}]], System.Private.CoreLib", TypeNames.Of(typeof(List<Nested>)));

    public sealed class Nested;
}
