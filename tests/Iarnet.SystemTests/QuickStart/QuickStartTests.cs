using Iarnet.SystemTests.Harness;

namespace Iarnet.SystemTests.QuickStart;

public sealed class QuickStartTests
{
    [Theory]
    [InlineData]
    [InlineData("--in-process")]
    [InlineData("--python")]
    [InlineData("--in-process", "--python")]
    public async Task Counts_a_folder_and_agrees_with_the_plain_count(params string[] options)
    {
        using var text = new TextTree().File("a.txt", 300_000, 1).File("deep/er/b.txt", 5_000_000, 2).File("c.txt", 1, 3);

        var (code, output) = await QuickStartProcess.RunAsync([text.Path, .. options]);

        Assert.True(code == 0, output);
        Assert.Contains("agrees with the plain count", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counts_a_tree_of_200_MB()
    {
        using var text = new TextTree().File("large.txt", 120L << 20, 4);
        for (var i = 0; i < 400; i++)
        {
            text.File($"part{i % 20}/{i}.txt", 200 << 10, 100 + i);
        }

        var (code, output) = await QuickStartProcess.RunAsync(text.Path);

        Assert.True(code == 0, output);
        Assert.Contains("agrees with the plain count", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counts_one_empty_file()
    {
        using var text = new TextTree().Bytes("empty.txt", []);

        var (code, output) = await QuickStartProcess.RunAsync(Path.Combine(text.Path, "empty.txt"));

        Assert.True(code == 0, output);
        Assert.Contains("agrees with the plain count", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_and_passes_over_binary_and_unreadable_files()
    {
        using var text = new TextTree().File("good.txt", 10_000, 5).Bytes("picture.bin", [1, 0, 2]);
        // A link to nothing is unreadable even for root.
        File.CreateSymbolicLink(Path.Combine(text.Path, "gone.txt"), Path.Combine(text.Path, "nowhere"));

        var (code, output) = await QuickStartProcess.RunAsync(text.Path);

        Assert.True(code == 0, output);
        Assert.Contains("picture.bin", output, StringComparison.Ordinal);
        Assert.Contains("gone.txt", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_that_a_path_does_not_exist()
    {
        var (code, output) = await QuickStartProcess.RunAsync("/nowhere/at/all");

        Assert.Equal(2, code);
        Assert.Contains("/nowhere/at/all", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stays_right_while_workers_are_killed()
    {
        using var text = new TextTree().File("large.txt", 60L << 20, 6);

        var (code, output) = await QuickStartProcess.RunAsync(text.Path, "--chaos");

        Assert.True(code == 0, output);
        Assert.Contains("agrees with the plain count", output, StringComparison.Ordinal);
        Assert.Contains("killed", output, StringComparison.Ordinal);
    }
}
