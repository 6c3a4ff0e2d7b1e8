using Iarnet.SystemTests.Harness;

namespace Iarnet.SystemTests.QuickStart;

public sealed class EndTests
{
    private const int Interrupt = 2;
    private const int Kill = 9;

    [Theory]
    [InlineData(Interrupt)]
    [InlineData(Kill)]
    public async Task Leaves_nothing_behind_when_it_is_ended_in_the_middle(int signal)
    {
        using var text = new TextTree().File("large.txt", 100L << 20, 7);
        using var folders = new NodeFolders();
        await using var running = QuickStartProcess.Start(folders, text.Path);
        await WorkersAsync(folders, running);

        running.Signal(signal);

        await running.EndedAsync();
        await folders.BecomesEmptyAsync();
    }

    [Fact]
    public async Task Two_run_at_the_same_time()
    {
        using var text = new TextTree().File("a.txt", 3_000_000, 8);
        using var folders = new NodeFolders();
        await using var first = QuickStartProcess.Start(folders, text.Path);
        await using var second = QuickStartProcess.Start(folders, text.Path);

        Assert.True(await first.EndedAsync() == 0, first.Output);
        Assert.True(await second.EndedAsync() == 0, second.Output);
        folders.AssertEmpty();
    }

    private static async Task WorkersAsync(NodeFolders folders, SampleProcess running)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (folders.Workers().Count == 0)
        {
            try
            {
                await timer.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"no worker appeared; QuickStart said:{Environment.NewLine}{running.Output}");
            }
        }
    }
}
