using System.Globalization;

namespace Iarnet.Providers.Tests.Processes;

public sealed class OutputTests
{
    private static readonly ComponentId A = new("a");

    [Fact]
    public async Task Lines_of_both_streams_arrive_whole_and_in_order()
    {
        await using var shell = await Shell.Connected("for i in 1 2 3; do echo out $i; done; printf 'no end'; printf 'cr\\r\\n' >&2");
        await shell.Deploy("a");
        Assert.Equal("cr", (await shell.Events.Exited(A)).ErrorTail);
        Assert.Equal(["out 1", "out 2", "out 3", "no end"], shell.Lines("a").Where(l => l != "cr"));
    }

    [Fact]
    public async Task A_flood_is_read_to_its_end()
    {
        await using var shell = await Shell.Connected("yes 'a line of the flood' 2>/dev/null | head -n 500000; echo last");
        await shell.Deploy("a");
        Assert.Equal(0, (await shell.Events.Exited(A)).ExitCode);
        Assert.Equal(500_001, shell.Lines("a").Length);
        Assert.Equal("last", shell.Lines("a")[^1]);
    }

    [Fact]
    public async Task A_line_without_end_is_cut()
    {
        await using var shell = await Shell.Connected("head -c 20000000 /dev/zero | tr '\\0' x; echo; echo after", o => o.OutputLineLimit = 100);
        await shell.Deploy("a");
        await shell.Events.Exited(A);
        Assert.Equal([new string('x', 100) + " [19999900 bytes more in this line]", "after"], shell.Lines("a"));
    }

    [Fact]
    public async Task Only_the_last_lines_of_standard_error_become_the_reason()
    {
        await using var shell = await Shell.Connected("seq 1 1000 >&2; exit 1", o => o.ErrorTailLines = 3);
        await shell.Deploy("a");
        Assert.Equal("998\n999\n1000", (await shell.Events.Exited(A)).ErrorTail);
    }

    [Fact]
    public async Task A_reason_is_never_longer_than_people_read()
    {
        await using var shell = await Shell.Connected("yes 'error error error error error' 2>/dev/null | head -n 10000 >&2; exit 1");
        await shell.Deploy("a");
        Assert.InRange((await shell.Events.Exited(A)).ErrorTail.Length, 1_000, 8_192);
    }

    [Fact]
    public async Task A_receiver_that_throws_does_not_stop_the_reading()
    {
        var seen = 0;
        await using var shell = await Shell.Connected("seq 1 100", o => o.Output = _ =>
        {
            seen++;
            throw new InvalidOperationException("the receiver is broken");
        });
        await shell.Deploy("a");
        Assert.Equal(0, (await shell.Events.Exited(A)).ExitCode);
        Assert.Equal(100, seen);
    }

    [Fact]
    public async Task Usage_counts_processor_time_memory_and_children()
    {
        await using var shell = await Shell.Connected("(while :; do :; done) & echo $!; while :; do sleep 0.05; done");
        await shell.Deploy("a");
        await shell.Line("a", l => int.TryParse(l, CultureInfo.InvariantCulture, out _), "the id of its child");
        ComponentUsage usage = new(TimeSpan.Zero, 0, 0);
        await Bounded.Eventually(() => (usage = shell.Provider.GetUsageAsync(A).AsTask().Result).CpuTime >= TimeSpan.FromMilliseconds(100), "the busy child has used 100 ms");
        Assert.InRange(usage.Processes, 2, 3);
        Assert.InRange(usage.MemoryBytes, 100_000, 1L << 30);

        await shell.Provider.UndeployAsync(A).Within("the component to be undeployed");
        await Assert.ThrowsAsync<ComponentLostException>(() => shell.Provider.GetUsageAsync(A).AsTask());
    }
}
