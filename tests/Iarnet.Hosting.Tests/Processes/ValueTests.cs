using Iarnet.Components;
using Iarnet.Hosting.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Iarnet.Hosting.Tests.Processes;

public sealed class ValueTests : IAsyncLifetime
{
    private static readonly string[] Languages = ["dotnet"];
    private TestHost _host = null!;
    private DagSession _session = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync((node, _) => node.AddFunction(Work.ProcessIdOf, f => f.Replicas(3).Concurrency(2)));
        _session = _host.OpenSession();
    }

    public async Task DisposeAsync()
    {
        await _session.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_tree_of_calls_runs_in_worker_processes()
    {
        var squares = Enumerable.Range(1, 50).Select(i => _session.Call(Work.Square, i)).ToArray();

        Assert.Equal(42925, await _session.Reduce(squares, Work.Add, fanIn: 4).Within("the sum"));
        Assert.Equal(42925, await _session.Reduce(squares, Work.Sum).Within("the other sum"));
        var process = await _session.Call(Work.ProcessId).Within("a process id");
        Assert.Contains(process, _host.Folders.Workers());
        Assert.NotEqual(Environment.ProcessId, process);
        Assert.Equal(Languages, _host.Node.Components.Select(component => component.Language).Distinct());
    }

    [Fact]
    public async Task Large_values_go_both_ways_through_shared_memory()
    {
        const int size = 5_000_000;
        var bytes = new byte[size];
        new SeededRandom(11).NextBytes(bytes);

        var reversed = _session.Call(Work.Reverse, bytes);
        var again = await _session.Call(Work.Reverse, reversed).Within("the bytes turned around twice");

        Assert.True(bytes.AsSpan().SequenceEqual(again));
        Assert.True(_host.Host.Store.Statistics.Bytes >= size, "the results lie in the store");
        Assert.True(File.Exists(Path.Combine(_host.Folders.Segments, _host.Node.Id.Value, "pool")), "the pool is shared");
    }

    [Fact]
    public async Task Records_dictionaries_tuples_and_arrays_arrive_as_they_were()
    {
        var shape = new Work.Shape("s", [new(1, 2), new(3, 4)], new() { ["a"] = new(5, 6) }, Work.Colour.Red, 1.5);

        var mirrored = await _session.Call(Work.Mirror, shape).Within("a record");
        var joined = await _session.Call(Work.Join, _session.Call(Work.Both, 1, "text")).Within("a tuple");
        var counts = await _session.Call(Work.Count, "a b a").Within("a dictionary");
        var scaled = await _session.Call(Work.Scale, new[] { 1.5, -2 }, 2.0).Within("an array");

        Assert.Equal([new(-1, 2), new(-3, 4)], mirrored.Points);
        Assert.Equal((new Work.Point(5, 6), Work.Colour.Green, 2.5), (mirrored.Named["a"], mirrored.Colour, mirrored.Weight));
        Assert.Equal("2 text!", joined);
        Assert.Equal((2, 1), (counts["a"], counts["b"]));
        Assert.Equal([3.0, -4.0], scaled);
    }

    [Fact]
    public async Task A_function_that_is_asynchronous_is_awaited_in_the_worker() =>
        Assert.Equal("soon later", await _session.Call(Work.LaterAsync, "soon").Within("an asynchronous result"));

    [Fact]
    public async Task A_function_that_asks_for_replicas_has_a_group_of_its_own()
    {
        var processes = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => _session.Call(Work.ProcessIdOf, i).Within("a process id")));
        await WithinExtensions.Until(() => Group().Length == 3, "three replicas");

        Assert.Empty(processes.Except(Group().Select(component => component.ProcessId)));
        ConnectedComponent[] Group() => [.. _host.Node.Components.Where(component => component.Group.Contains("ProcessIdOf", StringComparison.Ordinal))];
    }
}
