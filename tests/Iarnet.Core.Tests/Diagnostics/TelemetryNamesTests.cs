using System.Reflection;
using Iarnet.Diagnostics;

namespace Iarnet.Tests.Diagnostics;

public sealed class TelemetryNamesTests
{
    [Fact]
    public void Sources_carry_the_name_of_their_package_and_no_two_the_same()
    {
        var names = typeof(TelemetryNames).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral && field.Name != nameof(TelemetryNames.InstrumentPrefix))
            .ToDictionary(field => field.Name, field => (string)field.GetRawConstantValue()!, StringComparer.Ordinal);
        Assert.NotEmpty(names);
        Assert.All(names, pair => Assert.Equal($"Iarnet.{pair.Key}", pair.Value));
    }
}
