using System.Diagnostics;
using Iarnet.Hosting.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Iarnet.Hosting.Tests.Faults;

public sealed class FunctionFaultTests : IAsyncLifetime
{
    private TestHost _host = null!;
    private DagSession _session = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync((node, _) => node
            .AddFunction(Work.Exit, f => f.Replicas(1).Retry(1))
            .AddFunction(Work.WaitFor, f => f.Replicas(1)));
        _session = _host.OpenSession();
    }

    public async Task DisposeAsync()
    {
        // Whatever a test did, the node still works.
        Assert.Equal(9, await _session.Call(Work.Square, 3).Within("a call after the fault"));
        await _session.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task What_a_function_throws_reaches_every_dependant_with_text_stack_and_path()
    {
        var thrown = _session.Call(Work.Throw, "no number");
        var second = _session.Call(Work.Depend, thrown);
        var third = _session.Call(Work.DependMore, second);

        var first = Assert.IsType<FunctionFailedException>(await thrown.Failure("the call"));
        var last = Assert.IsType<FunctionFailedException>(await third.Failure("its dependant's dependant"));

        Assert.Equal(("Work.Throw", "System.FormatException", "no number"), (first.Function, first.Error.Type, first.Error.Message));
        Assert.Contains("Work.Throw(String text)", first.Error.StackTrace, StringComparison.Ordinal);
        Assert.Empty(first.Path);
        Assert.Equal((first.CallId, first.Function, first.Error), (last.CallId, last.Function, last.Error));
        Assert.Equal(["Work.Depend", "Work.DependMore"], last.Path);
        Assert.Contains("no number", last.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_that_cannot_be_encoded_fails_its_call_with_the_type()
    {
        var function = await _session.Call(Work.Delegate).Failure("a delegate as result");
        var cycle = await _session.Call(Work.Cycle).Failure("a cycle as result");

        Assert.Contains("Func<", Assert.IsType<FunctionFailedException>(function).Error.Message, StringComparison.Ordinal);
        Assert.Contains("Ring", Assert.IsType<FunctionFailedException>(cycle).Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_argument_that_cannot_be_encoded_fails_its_call_with_the_type()
    {
        var function = await _session.Call(Work.TakeDelegate, () => 1).Failure("a delegate as argument");
        var cycle = await _session.Call(Work.TakeRing, Work.Cycle()).Failure("a cycle as argument");

        Assert.Contains("Func<", function.Message, StringComparison.Ordinal);
        Assert.Contains("Ring", cycle.Message, StringComparison.Ordinal);
        Assert.All([function, cycle], failure => Assert.IsType<IarnetException>(failure, exactMatch: false));
    }

    [Fact]
    public void A_lambda_that_captures_is_refused_where_it_is_called()
    {
        var captured = DateTime.UnixEpoch.Day;

        var refusal = Assert.Throws<FunctionNotSupportedException>(() => _session.Call(x => x + captured, 1));

        Assert.Contains("captur", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_whose_worker_is_killed_is_run_again()
    {
        var folder = Directory.CreateDirectory(_host.Folders.Named("killed")).FullName;
        var call = _session.Call(Work.WaitFor, folder, "go");
        await WithinExtensions.Until(() => Directory.GetFiles(folder, "*.pid").Length == 1, "the first run of the call");

        using (var worker = Process.GetProcessById(int.Parse(Path.GetFileNameWithoutExtension(Directory.GetFiles(folder, "*.pid")[0]), null)))
        {
            worker.Kill();
        }

        await WithinExtensions.Until(() => Directory.GetFiles(folder, "*.pid").Length == 2, "the second run of the call");
        await File.WriteAllTextAsync(Path.Combine(folder, "go"), "");
        Assert.Equal(2, await call.Within("the result of the second run"));
    }

    [Fact]
    public async Task A_call_that_ends_its_worker_once_is_run_again() =>
        Assert.Equal(5, await _session.Call(Work.ExitOnce, _host.Folders.Named("once"), 5).Within("the second run"));

    [Fact]
    public async Task A_call_that_always_ends_its_worker_fails_after_its_retries_while_others_succeed()
    {
        var poison = _session.Call(Work.Exit, 3);
        var others = Enumerable.Range(0, 100).Select(i => _session.Call(Work.Square, i)).ToArray();

        Assert.Equal(328350, await _session.Reduce(others, Work.Sum).Within("the other calls"));
        var failure = Assert.IsType<ComponentLostException>(await poison.Failure("the poison call"));
        Assert.Contains("Work.Exit", failure.Message, StringComparison.Ordinal);
    }
}
