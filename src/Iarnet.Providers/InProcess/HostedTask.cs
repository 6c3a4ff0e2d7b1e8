namespace Iarnet.Providers;

/// <summary>A component that is a task of this process.</summary>
#pragma warning disable CA1001 // A source without a timer holds nothing, and a stop that comes after the end must still find it whole.
internal sealed class HostedTask : IHostedComponent
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeSpan _grace;
    private readonly TimeProvider _time;

    public HostedTask(ComponentSpec spec, Func<ComponentSpec, CancellationToken, Task> run, TimeSpan grace, TimeProvider time)
    {
        _grace = grace;
        _time = time;
        Ended = RunAsync(spec, run);
    }

    public int? ProcessId => null;

    public Task<ComponentExit> Ended { get; }

    public async Task StopAsync()
    {
        // Callbacks of the token run the component's code: not under the lock of the caller.
        await Task.Run(_stop.Cancel).ConfigureAwait(false);
        try
        {
            await Ended.WaitAsync(_grace, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The caller sees that Ended has not completed.
        }
    }

    public ComponentUsage GetUsage() => new(TimeSpan.Zero, 0, 0);

    private async Task<ComponentExit> RunAsync(ComponentSpec spec, Func<ComponentSpec, CancellationToken, Task> run)
    {
        try
        {
            await Task.Run(() => run(spec, _stop.Token)).ConfigureAwait(false);
            return new ComponentExit(0, null, _stop.IsCancellationRequested, "");
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return new ComponentExit(0, null, true, "");
        }
        catch (Exception e)
        {
            return new ComponentExit(1, null, _stop.IsCancellationRequested, e.ToString());
        }
    }
}
