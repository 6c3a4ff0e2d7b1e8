namespace Iarnet.Providers.Tests.Gpus;

public sealed class GpuDevicesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("iarnet-gpu").FullName;

    private string Devices => Path.Join(_root, "dev");

    private string Driver => Path.Join(_root, "gpus");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Numbered_device_files_are_counted_and_their_companions_are_not()
    {
        Fill("nvidia0", "nvidia1", "nvidia7", "nvidiactl", "nvidia-uvm", "nvidia", "null");
        Assert.Equal(["0", "1", "2"], new GpuDevices(Devices, Driver, null).Find().AsEnumerable());
    }

    [Fact]
    public void Without_device_files_the_driver_s_folders_are_counted()
    {
        Fill("null");
        Directory.CreateDirectory(Path.Join(Driver, "0000:3b:00.0"));
        Directory.CreateDirectory(Path.Join(Driver, "0000:af:00.0"));
        Assert.Equal(["0", "1"], new GpuDevices(Devices, Driver, null).Find().AsEnumerable());
    }

    [Fact]
    public void A_machine_without_any_has_none() => Assert.Empty(new GpuDevices(Devices, Driver, null).Find());

    [Theory]
    [InlineData("2,0", "2,0")]
    [InlineData("", "")]
    [InlineData("-1", "")]
    [InlineData("1,-1,2", "1")]
    [InlineData("1,1", "1")]
    [InlineData("9,0", "")]
    [InlineData("GPU-8932f937-d72c-4106-c12f-20bd9faed9f6", "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6")]
    public void A_host_that_is_confined_gives_away_only_what_it_has(string visible, string expected)
    {
        Fill("nvidia0", "nvidia1", "nvidia2");
        Assert.Equal(expected, string.Join(',', new GpuDevices(Devices, Driver, visible).Find()));
    }

    private void Fill(params string[] names)
    {
        Directory.CreateDirectory(Devices);
        foreach (var name in names)
        {
            File.WriteAllText(Path.Join(Devices, name), "");
        }
    }
}
