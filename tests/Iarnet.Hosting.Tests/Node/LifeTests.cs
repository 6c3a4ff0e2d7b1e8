using System.Diagnostics;
using Iarnet.Hosting.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Iarnet.Hosting.Tests.Node;

public sealed class LifeTests
{
    [Fact]
    public async Task A_node_without_a_provider_runs_calls_in_this_process_and_makes_no_file()
    {
        using var folders = new NodeFolders();
        await using (var host = await IarnetHost.StartAsync(node => node.Configure(folders.Apply)))
        {
            await using var session = host.OpenSession("here");
            var squares = Enumerable.Range(1, 10).Select(i => session.Call(Work.Square, i)).ToArray();

            Assert.Equal(385, await session.Reduce(squares, Work.Add, fanIn: 4).Within("the sum"));
            Assert.Equal(Environment.ProcessId, await session.Call(Work.ProcessId).Within("a process id"));
            Assert.Empty(host.Node.Components);
            Assert.Empty(folders.Workers());
            Assert.False(Directory.Exists(folders.Run) || Directory.Exists(folders.Segments) || Directory.Exists(folders.Cache));
        }

        await using var bare = await IarnetHost.StartAsync();
        await using var other = bare.OpenSession("bare");
        Assert.Equal(49, await other.Call(Work.Square, 7));
    }

    [Fact]
    public async Task Two_nodes_at_once_share_the_roots_and_nothing_else()
    {
        using var folders = new NodeFolders();
        var hosts = await Task.WhenAll(TestHost.StartAsync(folders: folders), TestHost.StartAsync(folders: folders));
        await using (var first = hosts[0])
        {
            await using var session = first.OpenSession();
            await using (var second = hosts[1])
            {
                await using var sessionOfSecond = second.OpenSession();
                var results = await Task.WhenAll(
                    session.Call(Work.Reverse, new byte[1 << 20]).Within("a call of the first"),
                    sessionOfSecond.Call(Work.Reverse, new byte[2 << 20]).Within("a call of the second"));

                Assert.Equal((1 << 20, 2 << 20), (results[0].Length, results[1].Length));
                Assert.Equal(2, Directory.GetDirectories(folders.Run).Length);
            }

            Assert.Equal(4, await session.Call(Work.Square, 2).Within("a call after the other node ended"));
            Assert.Equal([first.RunFolder], Directory.GetDirectories(folders.Run));
        }

        folders.AssertEmpty();
        Assert.False(Directory.Exists(folders.Run));
    }

    [Fact]
    public async Task The_end_with_calls_that_run_is_bounded_and_those_who_wait_learn_of_it()
    {
        var host = await TestHost.StartAsync((node, _) => node.AddFunction(Work.Deaf, f => f.Replicas(1)));
        var session = host.OpenSession();
        await session.Call(Work.Square, 1).Within("a first call");
        var patient = session.Call(Work.ForeverAsync);
        var deaf = session.Call(Work.Deaf);
        var dependant = session.Call(Work.Square, deaf);
        await WithinExtensions.Until(() => patient.State == CallState.Running && deaf.State == CallState.Running, "two calls that run");
        var waiting = Task.WhenAll(patient.Failure("one"), deaf.Failure("two"), dependant.Failure("three"));

        // Fails when it takes longer than any wait of a test may.
        await host.DisposeAsync();

        Assert.All(await waiting, failure => Assert.IsType<CallCanceledException>(failure));
        await host.Host.DisposeAsync().Within("the end again");
        Assert.Throws<ObjectDisposedException>(() => host.OpenSession());
    }

    [Fact]
    public async Task The_end_right_after_the_start_leaves_nothing()
    {
        await using (await TestHost.StartAsync())
        {
        }

        // The first call starts workers: the end comes while they do.
        var host = await TestHost.StartAsync();
        var call = host.OpenSession().Call(Work.Square, 1);
        await host.DisposeAsync();
        Assert.True(await Record.ExceptionAsync(() => call.Within("a call of an ended node")) is null or CallCanceledException);
    }

    [Fact]
    public async Task Workers_leave_nothing_in_the_temporary_folder_whether_they_end_or_are_killed()
    {
        using var folders = new NodeFolders();
        var temporary = Directory.CreateDirectory(folders.Named("tmp")).FullName;
        await using (var host = await IarnetHost.StartAsync(node => node.Configure(folders.Apply).AddProcessProvider(options =>
        {
            var worker = options.Runtimes["dotnet"];
            options.Runtimes["dotnet"] = worker with { Environment = worker.Environment.SetItem("TMPDIR", temporary) };
        })))
        {
            await using var session = host.OpenSession("temporary");
            using (var worker = Process.GetProcessById(await session.Call(Work.ProcessId).Within("a process id")))
            {
                worker.Kill();
            }

            Assert.Equal(4, await session.Call(Work.Square, 2).Within("a call after the kill"));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary));
        folders.AssertEmpty();
    }

    [Fact]
    public async Task A_start_that_is_cancelled_leaves_nothing()
    {
        using var folders = new NodeFolders();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => IarnetHost.StartAsync(
            node => node.AddProcessProvider().AddPythonFunction<int, int>("f", folders.Named("f.py")).Configure(folders.Apply), cancelled.Token).Within("the start"));

        folders.AssertEmpty();
        Assert.False(Directory.Exists(folders.Run));
    }

    [Fact]
    public async Task A_function_that_cannot_be_added_fails_the_start_and_leaves_nothing()
    {
        using var folders = new NodeFolders();
        var captured = folders.Run.Length;

        await Assert.ThrowsAsync<FunctionNotSupportedException>(() => TestHost.StartAsync((node, _) => node.AddFunction((int x) => x + captured), folders: folders));
        var twice = await Assert.ThrowsAsync<IarnetException>(() => TestHost.StartAsync(
            (node, _) => node.AddPythonFunction<int, int>("f", "f.py").AddPythonFunction<int, int>("f", "g.py"), folders: folders));

        Assert.Contains("'f'", twice.Message, StringComparison.Ordinal);
        folders.AssertEmpty();
        Assert.False(Directory.Exists(folders.Run));
    }

    [Fact]
    public async Task A_node_that_was_ended_cannot_be_started()
    {
        var host = await IarnetHost.StartAsync();
        await host.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => host.Node.StartAsync());
    }
}
