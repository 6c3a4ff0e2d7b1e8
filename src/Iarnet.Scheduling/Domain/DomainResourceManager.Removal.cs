namespace Iarnet.Scheduling;

public sealed partial class DomainResourceManager
{
    internal async ValueTask ReleaseAsync(ComponentEntry entry)
    {
        // A manager that was disposed has ended its components already.
        if (_loop.Post(() => BeginRemoval(entry)) && !await Patience.WaitAsync(entry.Removed.Task, _options.ReleaseLimit, _time).ConfigureAwait(false))
        {
            LogReleaseSlow(_logger, entry.Id, entry.Provider.Provider.Id, _options.ReleaseLimit);
        }
    }

    /// <summary>In the loop. Repeated calls are harmless.</summary>
    private void BeginRemoval(ComponentEntry entry)
    {
        if (!entry.IsBeingRemoved && entry.State != ComponentState.Removed)
        {
            entry.IsBeingRemoved = true;
            _ = RemoveAsync(entry, _closed.Token);
        }
    }

    /// <summary>Tries until the provider says that nothing is left, or the manager is closed.</summary>
    private async Task RemoveAsync(ComponentEntry entry, CancellationToken closed)
    {
        var provider = entry.Provider.Provider;
        try
        {
            for (var failures = 0; ;)
            {
                try
                {
                    await Patience.CallAsync($"Undeploying '{entry.Id}' from '{provider.Id}'", t => provider.UndeployAsync(entry.Id, t), _options.ReleaseLimit, _time, closed).ConfigureAwait(false);
                    if (entry.Deployment.IsCompleted)
                    {
                        break;
                    }

                    // The provider still works on a deployment that was given up: only what is undeployed after it stays away.
                    await entry.Deployment.WaitAsync(closed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    closed.ThrowIfCancellationRequested();
                }
                catch (Exception e) when (!closed.IsCancellationRequested)
                {
                    var delay = Backoff.Delay(++failures, _options.RetryDelay, _options.MaxRetryDelay, _random);
                    LogRemovalFailed(_logger, entry.Id, provider.Id, delay, e);
                    await Task.Delay(delay, _time, closed).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }

        _loop.Post(() => _book.Removed(entry));
    }
}
