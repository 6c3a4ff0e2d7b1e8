using System.Collections.Immutable;
using Iarnet.Resources;

namespace Iarnet.Providers.Tests.Processes;

public sealed class EnvironmentTests
{
    private static readonly ComponentId A = new("a");

    [Fact]
    public async Task A_component_sees_what_it_is_given_and_nothing_else_of_the_host()
    {
        Environment.SetEnvironmentVariable("IARNET_TEST_SECRET", "hidden");
        Environment.SetEnvironmentVariable("LC_IARNET_TEST", "inherited");
        try
        {
            var runtime = new ProcessRuntime("env")
            {
                Environment = ImmutableSortedDictionary<string, string>.Empty.Add("FROM_RUNTIME", "1").Add("BOTH", "runtime").Add("HOME", "/runtime"),
                LimitsDotNetHeap = true,
                WorkingFolder = "/",
            };
            await using var shell = await Shell.Connected("", o => o.Runtimes["env"] = runtime);
            await shell.Deploy(new ComponentSpec(A, "env")
            {
                Resources = ResourceRequest.Parse("0", "256Mi"),
                Environment = ImmutableSortedDictionary<string, string>.Empty.Add("FROM_SPEC", "2").Add("BOTH", "spec").Add("IARNET_LIFELINE", "none"),
            });
            await shell.Events.Exited(A);
            var lines = shell.Lines("a");
            Assert.DoesNotContain(lines, l => l.Contains("hidden", StringComparison.Ordinal));
            foreach (var expected in new[]
            {
                "FROM_RUNTIME=1", "FROM_SPEC=2", "BOTH=spec", "HOME=/runtime", "LC_IARNET_TEST=inherited", "IARNET_COMPONENT_ID=a", "IARNET_LIFELINE=stdin",
                "DOTNET_GCHeapHardLimit=10000000",
            })
            {
                Assert.Contains(expected, lines);
            }

            Assert.Contains(lines, l => l.StartsWith("PATH=", StringComparison.Ordinal));
            Assert.DoesNotContain(lines, l => l.StartsWith("CUDA_VISIBLE_DEVICES", StringComparison.Ordinal));
        }
        finally
        {
            Environment.SetEnvironmentVariable("IARNET_TEST_SECRET", null);
            Environment.SetEnvironmentVariable("LC_IARNET_TEST", null);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_component_has_a_session_of_its_own_when_it_may(bool ownSession)
    {
        await using var shell = await Shell.Connected("cut -d' ' -f6 /proc/self/stat; cat", o => o.OwnSession = ownSession);
        var process = await shell.Deploy("a");
        var session = await shell.Line("a", _ => true, "its session");
        Assert.Equal(ownSession, session == process.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
