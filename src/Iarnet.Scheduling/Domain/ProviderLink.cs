using Iarnet.Providers;
using Microsoft.Extensions.Logging;

namespace Iarnet.Scheduling;

/// <summary>Keeps one provider connected and watched, for as long as the manager lives. It tells the book; it decides nothing.</summary>
internal sealed partial class ProviderLink(
    ProviderEntry entry,
    DomainBook book,
    WriterLoop loop,
    Action<ComponentEntry> beginRemoval,
    DomainOptions options,
    TimeProvider time,
    SeededRandom random,
    ILogger logger)
{
    private CancellationToken _stop;

    public Task Ended { get; private set; } = Task.CompletedTask;

    public void Start(CancellationToken stop)
    {
        _stop = stop;
        Ended = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>In the loop. Asks the provider what is free, or joins the question that is under way; never fails.</summary>
    public Task BeginRefresh()
    {
        if (entry.State != ProviderState.Connected)
        {
            return Task.CompletedTask;
        }

        return entry.Refreshing ??= RefreshAsync(book.Commits);
    }

    private async Task RunAsync()
    {
        var failures = 0;
        while (!_stop.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            string reason;
            try
            {
                reason = await ConnectAndWatchAsync().ConfigureAwait(false);
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                reason = e.Message;
            }

            if (_stop.IsCancellationRequested)
            {
                return;
            }

            // A link that held for a while has earned a quick return.
            failures = time.GetElapsedTime(began) > options.MaxRetryDelay ? 1 : failures + 1;
            var delay = Backoff.Delay(failures, options.RetryDelay, options.MaxRetryDelay, random);
            LogLost(logger, entry.Provider.Id, reason, delay);
            loop.Post(() => book.Lost(entry, reason));
            await Task.Delay(delay, time, _stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Returns why the link ended.</summary>
    private async Task<string> ConnectAndWatchAsync()
    {
        var provider = entry.Provider;
        await Patience.CallAsync($"Connecting provider '{provider.Id}'", provider.ConnectAsync, options.ProviderLimit, time, _stop).ConfigureAwait(false);
        using var stopWatching = CancellationTokenSource.CreateLinkedTokenSource(_stop);
        var token = stopWatching.Token;
        var commits = await loop.AskAsync(() => book.Commits).ConfigureAwait(false);
        var events = provider.WatchAsync(token);
        var capacity = await Patience.CallAsync($"Asking provider '{provider.Id}' for its capacity", provider.GetCapacityAsync, options.ProviderLimit, time, _stop).ConfigureAwait(false);
        LogConnected(logger, provider.Id, capacity.Total);
        loop.Post(() => book.Connected(entry, capacity, commits));
        var watching = PumpAsync(events, commits, token);
        var checking = CheckAsync(token);
        try
        {
            var first = await Task.WhenAny(watching, checking).WaitAsync(_stop).ConfigureAwait(false);
            return await first.ConfigureAwait(false);
        }
        finally
        {
            await stopWatching.CancelAsync().ConfigureAwait(false);
            Patience.Forget(watching);
            Patience.Forget(checking);
        }
    }

    private async Task<string> PumpAsync(IAsyncEnumerable<ComponentEvent> events, long commits, CancellationToken token)
    {
        await foreach (var happened in events.WithCancellation(token).ConfigureAwait(false))
        {
            switch (happened)
            {
                case ComponentsListed listed:
                    loop.Post(() => book.Listed(entry, listed.Running, commits).ForEach(beginRemoval));
                    break;
                case ComponentExited exited:
                    loop.Post(() => Exited(exited));
                    break;
            }
        }

        return "its stream of events ended";
    }

    private void Exited(ComponentExited exited)
    {
        if (book.Exited(entry, exited.Id, exited.Exit) is { } ended)
        {
            beginRemoval(ended);
        }
    }

    private async Task<string> CheckAsync(CancellationToken token)
    {
        while (true)
        {
            await Task.Delay(options.RefreshInterval, time, token).ConfigureAwait(false);
            var health = await Patience.CallAsync($"Checking provider '{entry.Provider.Id}'", entry.Provider.HealthCheckAsync, options.ProviderLimit, time, token).ConfigureAwait(false);
            if (!health.IsHealthy)
            {
                return health.Text;
            }

            await (await loop.AskAsync(BeginRefresh).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    private async Task RefreshAsync(long commits)
    {
        Action change;
        try
        {
            var capacity = await Patience.CallAsync($"Refreshing provider '{entry.Provider.Id}'", entry.Provider.GetCapacityAsync, options.ProviderLimit, time, _stop).ConfigureAwait(false);
            change = () => book.Report(entry, capacity, commits);
        }
        catch (Exception e)
        {
            LogRefreshFailed(logger, entry.Provider.Id, e.Message);
            change = () => { };
        }

        // Complete only when the book has it: whoever waited looks there next.
        try
        {
            await loop.AskAsync(() =>
            {
                entry.Refreshing = null;
                change();
                return true;
            }).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The manager is gone, and with it whoever waited.
        }
    }

    [LoggerMessage(10, LogLevel.Debug, "Provider {ProviderId} is connected: {Total}.")]
    private static partial void LogConnected(ILogger logger, string providerId, Resources.ResourceAmounts total);

    [LoggerMessage(11, LogLevel.Warning, "Provider {ProviderId} is not connected: {Reason} Next attempt in {Delay}.")]
    private static partial void LogLost(ILogger logger, string providerId, string reason, TimeSpan delay);

    [LoggerMessage(12, LogLevel.Warning, "What provider {ProviderId} has free could not be read: {Reason}")]
    private static partial void LogRefreshFailed(ILogger logger, string providerId, string reason);
}
