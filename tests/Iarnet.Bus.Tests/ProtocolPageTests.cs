using System.Globalization;
using System.Reflection;
using Iarnet.Bus.Tests.Peers;

namespace Iarnet.Bus.Tests;

/// <summary>What docs/protocol/bus.md says of defaults. Its program is run by <see cref="Components.PythonComponentTests"/>.</summary>
public sealed class ProtocolPageTests
{
    [Fact]
    public void The_page_has_every_option_of_a_socket_with_its_default()
    {
        var options = new BusSocketOptions();
        Assert.All(Limits(typeof(BusSocketOptions)), limit => Assert.Contains($"| `{limit.Name}` | {Text(limit, options)} |", ProtocolPage.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_has_every_option_of_the_component_bus_with_its_default_at_either_end()
    {
        var engine = Limits(typeof(ComponentBusOptions)).ToDictionary(limit => limit.Name, limit => Text(limit, new ComponentBusOptions()), StringComparer.Ordinal);
        var component = Limits(typeof(ComponentBusClientOptions)).ToDictionary(limit => limit.Name, limit => Text(limit, new ComponentBusClientOptions()), StringComparer.Ordinal);
        Assert.All(
            engine.Keys.Union(component.Keys),
            name => Assert.Contains($"| `{name}` | {engine.GetValueOrDefault(name, "-")} | {component.GetValueOrDefault(name, "-")} |", ProtocolPage.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void The_program_of_the_page_is_short() => Assert.InRange(ProtocolPage.Component.Split('\n').Length, 20, 41);

    private static IEnumerable<PropertyInfo> Limits(Type options)
    {
        var limits = options.GetProperties().Where(static property => property.PropertyType == typeof(int) || property.PropertyType == typeof(long) || property.PropertyType == typeof(TimeSpan)).ToList();
        Assert.NotEmpty(limits);
        return limits;
    }

    private static string Text(PropertyInfo limit, object options) => limit.GetValue(options) switch
    {
        TimeSpan { Ticks: 0 } => "off",
        TimeSpan { TotalSeconds: >= 1 } time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds} s"),
        TimeSpan time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds} ms"),
        var number when limit.Name.EndsWith("Bytes", StringComparison.Ordinal) => string.Create(CultureInfo.InvariantCulture, $"{Convert.ToInt64(number, CultureInfo.InvariantCulture) >> 20} MiB"),
        var number => string.Create(CultureInfo.InvariantCulture, $"{number:N0}"),
    };
}
