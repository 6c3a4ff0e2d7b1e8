using System.Diagnostics;
using Iarnet.Providers;
using Iarnet.Resources;

namespace Iarnet.Scheduling.Tests.Placement;

public sealed class RealProcessTests
{
    [Fact]
    public async Task Processes_are_placed_killed_replaced_and_gone_at_the_end()
    {
        var options = new ProcessProviderOptions { Capacity = ResourceAmounts.Parse("3", "3Gi") };
        options.Runtimes["reader"] = new ProcessRuntime("cat");
        await using var processes = new ProcessProvider(options);
        var manager = new DomainResourceManager([processes]);
        await manager.StartAsync();
        var observer = new ReplicaLog();
        var set = new ReplicaSet(manager, _ => new ComponentRequest("reader", "reader") { Resources = ResourceRequest.Parse("1") }, observer, new ReplicaSetOptions { Count = 3 });
        var first = await observer.Started();
        await observer.Started();
        await observer.Started();
        Assert.Equal(0, (await processes.GetAvailableAsync()).CpuMillicores);

        // The command line names no component, so the victim is found by its usage of the id in its environment.
        var victim = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(n => int.TryParse(n, out _))
            .First(n => Environment(n!).Contains($"IARNET_COMPONENT_ID={first.Id}\0", StringComparison.Ordinal));
        using (var process = Process.GetProcessById(int.Parse(victim!, System.Globalization.CultureInfo.InvariantCulture)))
        {
            process.Kill();
        }

        var (id, exit) = await observer.Ended();
        Assert.Equal((first.Id, 9), (id, exit.Signal));
        var replacement = await observer.Started();
        Assert.NotEqual(first.Id, replacement.Id);

        await set.DisposeAsync().AsTask().Within("the set to be disposed");
        await manager.DisposeAsync().AsTask().Within("the manager to be disposed");
        Assert.Equal(ResourceAmounts.Zero, (await processes.GetCapacityAsync()).Used);
    }

    private static string Environment(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/environ");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
