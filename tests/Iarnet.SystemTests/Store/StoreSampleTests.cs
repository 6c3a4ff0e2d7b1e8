using Iarnet.SystemTests.Harness;

namespace Iarnet.SystemTests.Store;

public sealed class StoreSampleTests
{
    private const int Interrupt = 2;

    [Theory]
    [InlineData]
    [InlineData("share", "--size", "16")]
    public async Task An_array_of_csharp_is_read_in_place_by_a_Python_process(params string[] arguments)
    {
        await using var running = Start(arguments);

        Assert.True(await running.EndedAsync() == 0, running.Output);
        Assert.Contains(arguments.Length == 0 ? "Python: 64 MiB readable after" : "Python: 16 MiB readable after", running.Output, StringComparison.Ordinal);
        Assert.Contains("nothing was copied", running.Output, StringComparison.Ordinal);
        Assert.Contains("both agree", running.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_served_store_says_where_it_is_and_leaves_nothing()
    {
        var folder = $"/dev/shm/iarnet-system-store-{Environment.ProcessId}";
        await using var server = Start("serve", "--folder", folder);
        await server.SaysAsync($"share its memory in {folder}");
        Assert.Contains("listens on unix:///", server.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "pool")));

        server.Signal(Interrupt);

        Assert.True(await server.EndedAsync() == 0, server.Output);
        Assert.Contains("the store ends with 0 objects", server.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
        Assert.False(File.Exists(server.Output.Split("unix://")[1].Split('\n')[0].Trim()));
    }

    [Fact]
    public async Task A_stream_is_read_by_another_process_while_it_is_written()
    {
        await using var running = Start("follow", "--pause", "20");

        Assert.True(await running.EndedAsync() == 0, running.Output);
        Assert.Contains("reader: that was all, 20 lines", running.Output, StringComparison.Ordinal);

        // "line 1 of 20" to "line 20 of 20", each with its line break.
        Assert.Contains("as one object it has 271 bytes", running.Output, StringComparison.Ordinal);
        Assert.True(running.Output.IndexOf("reader: line 1 of", StringComparison.Ordinal) < running.Output.IndexOf("writer: line 9 is written", StringComparison.Ordinal), running.Output);
    }

    [Fact]
    public async Task A_Python_that_gives_no_result_is_told_without_a_trace()
    {
        await using var running = Start("share", "--size", "1", "--python", "/bin/false");

        Assert.Equal(1, await running.EndedAsync());
        Assert.Contains("ended without a result", running.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(" at ", running.Output, StringComparison.Ordinal);
    }

    private static SampleProcess Start(params string[] arguments) => SampleProcess.Start("Store", static _ => { }, arguments);
}
