using Iarnet.Resources;

namespace Iarnet.Providers.Tests.Gpus;

public sealed class GpuAssignmentTests : IDisposable
{
    private readonly string _devices = Directory.CreateTempSubdirectory("iarnet-gpu").FullName;

    public GpuAssignmentTests()
    {
        File.WriteAllText(Path.Join(_devices, "nvidia0"), "");
        File.WriteAllText(Path.Join(_devices, "nvidia1"), "");
    }

    public void Dispose() => Directory.Delete(_devices, recursive: true);

    [Fact]
    public async Task Components_see_the_devices_that_they_asked_for_and_no_other()
    {
        await using var shell = await Start(gpus: 2);
        Assert.Contains("gpu", shell.Provider.Tags);
        await shell.Deploy(Asking("one", 1));
        await shell.Deploy(Asking("two", 1));
        await shell.Deploy(Asking("none", 0));
        Assert.Equal("[0]", await shell.Line("one", _ => true, "its devices"));
        Assert.Equal("[1]", await shell.Line("two", _ => true, "its devices"));
        Assert.Equal("[]", await shell.Line("none", _ => true, "its devices"));
        await Assert.ThrowsAsync<PlacementException>(() => shell.Provider.DeployAsync(Asking("three", 1)).AsTask());

        await shell.Provider.UndeployAsync(new ComponentId("one")).Within("the first to be undeployed");
        await shell.Deploy(Asking("three", 1));
        Assert.Equal("[0]", await shell.Line("three", _ => true, "its devices"));
    }

    [Fact]
    public async Task A_failed_start_gives_its_devices_back()
    {
        await using var shell = await Start(gpus: 2, o => o.Runtimes["bad"] = new ProcessRuntime("/bin/sh") { WorkingFolder = "/no/such/folder" });
        await Assert.ThrowsAsync<PlacementException>(() => shell.Provider.DeployAsync(Asking("x", 2) with { Runtime = "bad" }).AsTask());
        await shell.Deploy(Asking("y", 2));
        Assert.Equal("[0,1]", await shell.Line("y", _ => true, "its devices"));
    }

    [Fact]
    public async Task Devices_that_are_promised_but_not_there_fail_the_connecting()
    {
        await using var shell = new Shell("true", o => o.Capacity = new ResourceAmounts(1_000, 1 << 30, 3), new GpuDevices(_devices, "/nowhere", null));
        var error = await Assert.ThrowsAsync<IarnetException>(() => shell.Provider.ConnectAsync().AsTask());
        Assert.Contains("promise 3 GPUs, but 2 were found", error.Message, StringComparison.Ordinal);
    }

    private static ComponentSpec Asking(string id, int gpus) => new(new ComponentId(id), "main") { Resources = ResourceRequest.Parse(gpus: gpus) };

    private Task<Shell> Start(int gpus, Action<ProcessProviderOptions>? configure = null) => Shell.Connected(
        "echo \"[$CUDA_VISIBLE_DEVICES]\"; exec sleep 1000",
        o =>
        {
            o.Capacity = new ResourceAmounts(1_000, 1 << 30, gpus);
            configure?.Invoke(o);
        },
        new GpuDevices(_devices, "/nowhere", null));
}
